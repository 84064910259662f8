// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// The one spelling of a user's key, for what compares keys as texts: of a number there are several, and tokens, columns and rules write different
/// ones (`1`, `1.0`, `1.00`).
package struct UserKeySpelling: Sendable {
    private let type: ColumnType?

    /// That of the keys of a model's records; nil for keys of which nothing is known, which stay as they are.
    package init(_ people: Model?) {
        type = people.flatMap { people in
            people.primaryKey.count == 1 ? people.primaryKey.first.map { people.properties[$0].columnType } : nil
        }
    }

    /// A key in its one spelling; what is none of the model's stays as it is.
    package func spelled(_ text: String) -> String {
        guard let type else { return text }
        switch type.category {
        case .int2, .int4, .int8: return DecimalText(text)?.int64.map { String($0) } ?? text
        case .numeric: return Self.plain(text) ?? text
        // By the number that the column holds of it.
        case .float4:
            guard DecimalText(text) != nil, let number = Float(text) else { return text }
            return Self.plain("\(number)") ?? text
        case .float8:
            guard DecimalText(text) != nil, let number = Double(text) else { return text }
            return Self.plain("\(number)") ?? text
        case .uuid: return text.lowercased()
        default: return text
        }
    }

    private static func plain(_ text: String) -> String? {
        DecimalText(text).flatMap { $0.plainLength < StoredText.longestNumber ? $0.plain : nil }
    }

    /// Whether two texts are one key.
    func areSame(_ one: String, _ other: String) -> Bool { spelled(one).utf8.elementsEqual(spelled(other).utf8) }
}
