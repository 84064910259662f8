// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// A request that can't be understood, before the library has seen it.
struct BatchError: Error {
    enum Code: String {
        case invalidJSON = "INVALID_JSON"
        case invalidRequest = "INVALID_REQUEST"
        case unknownOperation = "UNKNOWN_OPERATION"
    }

    var code: Code
    /// The line of the input, from 1.
    var line: Int
    var message: String
    /// The member that is wrong.
    var path: String?

    init(_ code: Code, line: Int, path: String? = nil, _ message: String) {
        self.code = code
        self.line = line
        self.path = path
        self.message = MessageText.message(message)
    }
}
