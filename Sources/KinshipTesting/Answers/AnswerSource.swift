// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Where a harness with recorded answers sends its statements.
enum AnswerSource: Sendable {
    /// To a server, through what takes its answers down.
    case record(AnswerRecorder)
    /// To what answers from a file.
    case replay(AnswerServer)

    /// Listens no more.
    func stop() {
        switch self {
        case .record(let recorder): recorder.stop()
        case .replay(let server): server.stop()
        }
    }

    /// Writes what was recorded.
    func save() throws {
        if case .record(let recorder) = self { try recorder.save() }
    }
}
