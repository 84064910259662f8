// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import MessageText

/// A request that can't be understood, before the library has seen it.
struct BatchError: ReportableError {
    enum Code: String, CaseIterable {
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
    var report: ErrorReport {
        var report = ErrorReport(code.kind, message)
        report.path = path
        return report
    }
}

extension BatchError.Code {
    /// Whoever asks can do something about all of them.
    var kind: ErrorReport.Kind { .init(rawValue, 400, .request) }
}
