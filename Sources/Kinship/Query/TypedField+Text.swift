// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A type of properties that are texts: what patterns are for.
public protocol TextValue: PropertyValue {}

extension String: TextValue {}
extension Optional: TextValue where Wrapped: TextValue {}

extension TypedField where Value: TextValue {
    /// A LIKE pattern.
    public func like(_ pattern: String) -> FilterExpression { asked("like", .string(pattern)) }
    /// Not a LIKE pattern.
    public func notLike(_ pattern: String) -> FilterExpression { asked("nlike", .string(pattern)) }
    /// A LIKE pattern, whatever the case.
    public func ilike(_ pattern: String) -> FilterExpression { asked("ilike", .string(pattern)) }
    /// Not a LIKE pattern, whatever the case.
    public func notIlike(_ pattern: String) -> FilterExpression { asked("nilike", .string(pattern)) }
    /// A POSIX regular expression, `/…/i` to ignore case.
    public func matches(_ expression: String) -> FilterExpression { asked("regexp", .string(expression)) }
    /// A text that begins so; wildcards are plain characters.
    public func startsWith(_ text: String) -> FilterExpression { asked("startsWith", .string(text)) }
    /// A text that ends so.
    public func endsWith(_ text: String) -> FilterExpression { asked("endsWith", .string(text)) }
    /// A text with this part.
    public func contains(_ part: String) -> FilterExpression { asked("contains", .string(part)) }

    /// A value inside of this one, of types that only PostgreSQL knows and that have it (`<@`): ranges, networks.
    public func isContained(in value: String) -> FilterExpression { asked("containedBy", .string(value)) }
    /// A value that has something in common with this one, of types that only PostgreSQL knows and that have it (`&&`).
    public func overlaps(_ value: String) -> FilterExpression { asked("containsAnyOf", .string(value)) }

    /// Full text search.
    ///
    /// - Parameters:
    ///   - query: what is looked for.
    ///   - syntax: how it is written.
    ///   - language: a text search configuration; nil for the database's default.
    public func search(
        _ query: String, _ syntax: SearchSyntax = .web, language: String? = nil
    ) -> FilterExpression {
        var members: [JSONValue.Member] = [
            .init("query", .string(query)), .init("syntax", .string(syntax.rawValue)),
        ]
        if let language { members.append(.init("language", .string(language))) }
        return asked("match", .object(members))
    }
}

/// How the text of a full text search is written.
public enum SearchSyntax: String, Sendable, CaseIterable {
    /// Words joined by `&`, `|`, `!` and `<->`.
    case query
    /// Words that all have to be there.
    case plain
    /// Words that follow each other.
    case phrase
    /// What people type.
    case web
}
