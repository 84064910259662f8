// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What defaults are, of those that the server writes.
extension Discovery {
    /// A default that models can say as a value; nil for what is said as SQL.
    static func value(of expression: String, kind: JSONValue) -> JSONValue? {
        switch kind {
        case "boolean": return ["true", "false"].contains(expression) ? .bool(expression == "true") : nil
        case "number":
            let text = literal(expression) ?? expression.filter { !"()".contains($0) }
            guard let value = try? JSONValue(parsing: Array(text.utf8)), case .number = value else { return nil }
            return .number(text)
        case "string": return literal(expression).map { .string($0) }
        default: return nil
        }
    }

    /// Whether a migration would give a generated key the same.
    static func isUsualKey(_ expression: String, _ type: String) -> Bool {
        if type == "uuid" { return expression == "gen_random_uuid()" }
        return ColumnType(named: type).isText && expression == "(gen_random_uuid())::text"
    }

    /// Whether it is the next number of a sequence that isn't the column's own.
    static func isSequence(_ expression: String) -> Bool { expression.hasPrefix("nextval(") }

    /// The text of `'home'::address_kind`; nil for anything else.
    private static func literal(_ expression: String) -> String? {
        guard expression.hasPrefix("'") else { return nil }
        var text = ""
        var rest = expression.dropFirst()
        while let character = rest.popFirst() {
            guard character == "'" else {
                text.append(character)
                continue
            }
            if rest.first == "'" {
                text.append("'")
                rest.removeFirst()
            } else {
                return rest.isEmpty || isCast(rest) ? text : nil
            }
        }
        return nil
    }

    /// Whether a text is one cast and nothing behind it: `::character varying(20)`.
    private static func isCast(_ text: Substring) -> Bool {
        guard text.hasPrefix("::") else { return false }
        let type = text.dropFirst(2)
        let name = type.prefix { $0 != "(" }
        let rest = type[name.endIndex...]
        let isName = name.allSatisfy { $0.isLetter || $0.isNumber || " _.\"[]$".contains($0) }
        return isName && (rest.isEmpty || rest.last == ")" && rest.dropFirst().dropLast().allSatisfy(\.isNumber))
    }
}

extension TableCatalog.Column {
    /// Whether a migration would make it number its rows, for it does and has no NULL.
    var isNumbering: Bool {
        guard !isNullable, ColumnType(named: type).isInteger else { return false }
        switch filling {
        case .identity, .serial: return true
        case .expression(let text): return Discovery.isSequence(text)
        case .none, .generated: return false
        }
    }
}
