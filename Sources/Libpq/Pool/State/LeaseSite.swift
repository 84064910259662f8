// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Where in the program a connection was asked for.
package struct LeaseSite: Sendable, CustomStringConvertible {
    package var fileID: StaticString
    package var line: UInt

    package init(fileID: StaticString, line: UInt) {
        self.fileID = fileID
        self.line = line
    }

    package var description: String { "\(fileID):\(line)" }
}
