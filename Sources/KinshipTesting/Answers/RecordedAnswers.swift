// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

/// A file of a server's answers: recorded in one run, and answered from in others, which need no server.
///
/// ```swift
/// try await TestHarness.with("orders", schema: schema, answers: RecordedAnswers(file: "Tests/Answers/orders.json")) { harness in
///     let orders = try await openOrders(in: harness.database)
///     #expect(orders.count == 3)
/// }
/// ```
///
/// Without the file, or with `KINSHIP_RECORD_ANSWERS` set, tests run on a server, and what it answers is written when the harness is closed; with
/// it nothing but the file is needed. What is recorded is what goes over the connection: statements, bound values and rows, so that
/// the whole of the library works as it does with a server. Each statement is answered as it was when it was asked with the same
/// values, the first time and the next ones in their order. One that wasn't is an error that says which and with what, SQLSTATE `KA001`.
///
/// It suits what is asked one after the other with values that are the same in each run, as factories make them; a time of day or a
/// random key is another question each time. COPY, which imports use, and encrypted connections can't be recorded.
public struct RecordedAnswers: Sendable, Hashable {
    /// Whether answers are recorded or given.
    public enum Mode: String, Sendable {
        /// They are given where the file is there, else recorded.
        case automatic
        /// A server is asked, and the file written anew.
        case record
        /// The file is answered from, and has to be there.
        case replay
    }

    /// The SQLSTATE of a statement that wasn't recorded.
    public static let notRecorded = "KA001"
    /// The variable of the environment that has answers recorded anew: `KINSHIP_RECORD_ANSWERS=1`.
    public static let variable = "KINSHIP_RECORD_ANSWERS"

    /// The file's path.
    public var file: String
    /// Whether it is written or read.
    public var mode: Mode

    /// Answers in a file.
    public init(file: String, mode: Mode = .automatic) {
        self.file = file
        self.mode = mode
    }

    /// Where statements go.
    func source() throws -> AnswerSource {
        let isAsked = ProcessInfo.processInfo.environment[Self.variable].map { !["", "0"].contains($0) } ?? false
        let isThere = FileManager.default.fileExists(atPath: file)
        if mode == .record || (mode == .automatic && (isAsked || !isThere)) {
            return .record(AnswerRecorder(file: file))
        }
        return .replay(try AnswerServer(AnswerStore(AnswerFile.read(file), file: file)))
    }
}
