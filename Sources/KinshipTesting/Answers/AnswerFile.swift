// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// The answers of a run, as they are kept.
struct AnswerFile: Sendable, Codable {
    /// The version of the form.
    var version = 1
    /// What the server says of itself when a connection is opened.
    var parameters: [String: String]
    /// The questions in the order of their texts and values, so that two runs are written alike.
    var questions: [RecordedQuestion]

    /// Reads a file.
    static func read(_ path: String) throws(TestingError) -> AnswerFile {
        do {
            let file = try JSONDecoder().decode(AnswerFile.self, from: Data(contentsOf: URL(filePath: path)))
            guard file.version == 1 else {
                throw TestingError(
                    .answersFile,
                    "\(path) is of the version \(file.version), and 1 can be read: record it anew with \(RecordedAnswers.variable)=1."
                )
            }
            return file
        } catch let error as TestingError {
            throw error
        } catch {
            throw TestingError(
                .answersFile,
                "\(path) can't be read as recorded answers (\(error)): record them anew with \(RecordedAnswers.variable)=1."
            )
        }
    }

    /// Writes it, whole or not at all.
    func write(to path: String) throws(TestingError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let url = URL(filePath: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try (try encoder.encode(self) + Data("\n".utf8)).write(to: url, options: .atomic)
        } catch {
            throw TestingError(.answersFile, "The recorded answers can't be written to \(path): \(error)")
        }
    }
}
