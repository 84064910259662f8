// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Names of models.
enum ModelName {
    /// What is wrong with a name; nil for nothing.
    ///
    /// - Parameters:
    ///   - names: those of the other models, which differ by more than capitals.
    ///   - flag: what says the name.
    static func problem(with name: String, beside names: some Sequence<String>, _ flag: String) -> GeneratorError? {
        guard let first = name.unicodeScalars.first, first.properties.isAlphabetic,
            name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
        else {
            return GeneratorError(
                .invalidFlag, flag, "\"\(name)\" can't be the name of a model.",
                remedy: "name it with letters and digits, such as \"OrderItem\"")
        }
        let isTaken =
            ["model", "persistedmodel"].contains(name.lowercased())
            || names.contains { $0.lowercased() == name.lowercased() }
        guard isTaken else { return nil }
        return GeneratorError(
            .nameTaken, flag, "There is a model called \"\(name)\".", remedy: "give another name")
    }

    /// Whether a path can have it as a word: what needs no percent signs there.
    static func isWordOfPath(_ plural: String) -> Bool {
        !plural.isEmpty && plural.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    }
}
