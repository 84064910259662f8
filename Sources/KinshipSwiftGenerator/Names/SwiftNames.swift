// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Names of Swift, made of names that models have.
enum SwiftNames {
    /// A name for a property, relation or case; `taken` are those that it can't have.
    static func member(_ name: String, taken: Set<String>) -> String {
        let word = camelCase(name, upper: false)
        let base = reservedMembers.contains(word) ? word + "Value" : word
        return unique(base) { taken.contains($0) }
    }

    /// A name for a named scope among the members of queries; `taken` are those of other scopes.
    static func scope(_ name: String, taken: Set<String>) -> String {
        let word = member(name, taken: [])
        return unique(ScopeNames.members.contains(word) ? word + "Scope" : word) { taken.contains($0) }
    }

    /// A name for a type; `taken` are those in lower case that it can't have, for files have them too.
    static func type(_ name: String, suffix: String, taken: Set<String>) -> String {
        let word = camelCase(name, upper: true)
        let base = reservedTypes.contains(word) ? word + suffix : word
        return unique(base) { taken.contains($0.lowercased()) }
    }

    /// The name as it is written: in back quotes where it is a word of the language.
    static func written(_ name: String) -> String { keywords.contains(name) ? "`\(name)`" : name }

    private static func unique(_ base: String, _ isTaken: (String) -> Bool) -> String {
        var name = base
        var number = 2
        while isTaken(name) {
            name = base + String(number)
            number += 1
        }
        return name
    }

    /// The words of a name as one. A name that is one already stays as it is.
    private static func camelCase(_ name: String, upper: Bool) -> String {
        var words: [String] = []
        var word = ""
        for character in name {
            if isPart(character) {
                word.append(character)
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        guard let first = words.first else { return upper ? "Unnamed" : "unnamed" }
        let isSnaked = first.contains("_") && upper
        if isSnaked { words = words.flatMap { $0.split(separator: "_").map(String.init) } }
        if words.isEmpty { return upper ? "Unnamed" : "unnamed" }
        // A member that is called like a type would hide it.
        var result = upper ? capitalized(words[0]) : decapitalized(words[0])
        result += words.dropFirst().map(capitalized).joined()
        if let head = result.first, head.isNumber { result = (upper ? "N" : "_") + result }
        return result == "_" ? "underscore" : result
    }

    private static func isPart(_ character: Character) -> Bool {
        if character == "_" { return true }
        guard character.unicodeScalars.count == 1, let scalar = character.unicodeScalars.first else { return false }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
            // Forms for compatibility, which look like other letters, have no place in a program.
            let isCommon = (0xC0...0x2FFF).contains(scalar.value) || (0x3040...0xD7A3).contains(scalar.value)
            return scalar.isASCII || (isCommon && scalar.properties.isXIDContinue)
        default: return false
        }
    }

    private static func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    /// "First" becomes "first", "URL" "url", and "URLPath" "urlPath".
    private static func decapitalized(_ word: String) -> String {
        let head = word.prefix { $0.isUppercase }
        if head.count == word.count { return word.lowercased() }
        let rest = word.dropFirst(head.count)
        let count = head.count > 1 && rest.first?.isLowercase == true ? head.count - 1 : head.count
        return word.prefix(count).lowercased() + word.dropFirst(count)
    }

    /// Whether a statement can't begin with the name: it is an initializer's parameter, or a word that modifies declarations.
    static func needsSelf(_ name: String) -> Bool { modifiers.contains(name) }

    private static let modifiers: Set<String> = [
        "row", "actor", "async", "borrowing", "consume", "consuming", "convenience", "copy", "discard", "distributed",
        "dynamic", "each", "final", "indirect", "infix", "isolated", "lazy", "macro", "mutating", "nonisolated",
        "nonmutating", "optional", "override", "package", "postfix", "prefix", "required", "sending", "then", "unowned",
        "unsafe", "weak", "yield",
    ]

    /// Members that a struct has already, and names that mean something else behind a point.
    private static let reservedMembers: Set<String> = [
        "self", "Self", "init", "deinit", "subscript", "Type", "Protocol", "hashValue", "hash", "encode", "definition",
        "related", "_", "some", "any",
    ]

    /// Types that generated code names, and those that nobody wants to lose.
    private static let reservedTypes: Set<String> = [
        "Any", "AnyObject", "AnyHashable", "Array", "Bool", "Character", "Class", "Codable", "CodingKey", "Coding",
        "CodingKeys", "Data", "Date", "Decimal", "Decodable", "Decoder", "Dictionary", "Document", "Double", "Duration",
        "Encodable", "Encoder", "Equatable", "Error", "Float", "GeneratedModels", "Hashable", "Hasher", "ID",
        "Identifiable", "Int", "Int16", "Int32", "Int64", "Int8", "JSONValue", "Key", "KeyPath", "Linked", "Many",
        "Never", "Object", "One", "OneOf", "Optional", "PolymorphicTarget", "PolymorphicTypes", "PostgresDate",
        "PostgresInterval", "PostgresNumeric", "PostgresPoint", "PostgresTime", "PostgresTimeTZ", "PostgresTimestamp",
        "PropertyDefinition", "PropertyValue", "Protocol", "RecordReader", "RelationDefinition", "Result", "Self",
        "Sendable", "Sequence", "Set", "String", "Substring", "Task", "Type", "TypedDefinition", "TypedModel",
        "TypedFiltering", "TypedQuery", "UInt", "URL", "UUID", "Void", "Database", "Schema", "Kinship", "Foundation",
        "Swift",
    ]

    private static let keywords: Set<String> = [
        "associatedtype", "class", "deinit", "enum", "extension", "fileprivate", "func", "import", "init", "inout",
        "internal", "let", "open", "operator", "private", "precedencegroup", "protocol", "public", "rethrows", "static",
        "struct", "subscript", "typealias", "var", "break", "case", "catch", "continue", "default", "defer", "do",
        "else", "fallthrough", "for", "guard", "if", "in", "repeat", "return", "throw", "switch", "where", "while",
        "Any", "as", "await", "catch", "false", "is", "nil", "rethrows", "self", "Self", "super", "throws", "true",
        "try", "_",
    ]
}
