// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A question to whoever sits at the keyboard.
enum Question {
    /// Asks for leave to go on.
    ///
    /// - Parameter isAnswered: whether `--yes` was given.
    /// - Throws: ``Failure`` when the answer isn't yes, or when nobody is there to give one.
    static func confirm(_ question: String, isAnswered: Bool) async throws {
        guard !isAnswered else { return }
        guard Terminal.isKeyboardThere else {
            throw Failure(
                .usage, "Nobody is there to be asked: \(question)", remedy: "give --yes where no terminal is")
        }
        try? await StandardOutput.errors.write("\(question) [y/N] ")
        guard case .text(let bytes) = try await LineReader().next(),
            ["y", "yes"].contains(String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }.lowercased())
        else { throw Failure(.differences, "Nothing was done.") }
    }
}
