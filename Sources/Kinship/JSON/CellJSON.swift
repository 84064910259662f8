// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Cells as JSON by themselves, for what checks the writer without a server.
package enum CellJSON {
    /// The JSON of a binary cell; nil when the bytes are no value of the type.
    package static func text(
        _ cell: UnsafeRawBufferPointer, _ type: ColumnType, as kind: Property.Kind? = nil
    ) -> [UInt8]? {
        var buffer = ByteBuffer()
        do {
            try CellWriter.write(cell, CellFormat(type, as: kind), to: &buffer)
        } catch {
            return nil
        }
        return buffer.failure == nil ? buffer.array : nil
    }

    /// Whether bytes are taken for one JSON value.
    package static func isJSON(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { JSONScanner.isValue($0) } }
}
