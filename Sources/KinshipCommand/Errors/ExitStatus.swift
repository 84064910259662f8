// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship

/// How the program ends; the numbers are those of `sysexits.h` and, for signals, the shells' 128 + n.
enum ExitStatus: Int32, CaseIterable {
    case success = 0
    case differences = 1
    case usage = 64
    case data = 65
    case noInput = 66
    case unavailable = 69
    case software = 70
    case inputOutput = 74
    case temporary = 75
    case noPermission = 77
    case configuration = 78
    case interrupted = 130
    case brokenPipe = 141
    case terminated = 143

    /// How the program ends after an error: see ``ErrorReport/Fault/exitCode``.
    init(_ fault: ErrorReport.Fault) { self = ExitStatus(rawValue: fault.exitCode) ?? .software }

    /// What it means, for the help.
    var meaning: String {
        switch self {
        case .success: "done"
        case .differences: "files or tables aren't what the models say"
        case .usage: "the command line can't be understood"
        case .data: "a model definition or a filter is wrong"
        case .noInput: "a file or folder is missing or can't be read"
        case .unavailable: "no server, or it takes no connection"
        case .software: "the server or this program failed"
        case .inputOutput: "the output can't be written"
        case .temporary: "a statement took too long, or lost against another one"
        case .noPermission: "wrong user, password or missing privilege"
        case .configuration: "a database URL or setting is wrong, or models and database don't fit"
        case .interrupted: "stopped by Ctrl-C"
        case .brokenPipe: "the reader of the output went away"
        case .terminated: "stopped by SIGTERM"
        }
    }

    /// All of them as lines.
    static var documentation: String {
        (["Exit status:"]
            + allCases.map { status in
                let number = String(status.rawValue)
                return "  " + String(repeating: " ", count: 3 - number.count) + number + "  " + status.meaning
            }).joined(separator: "\n")
    }
}
