// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The rules that a property's definition has beside its type: `min`, `max`, `minLength`, `maxLength`, `enum` and `pattern`, also
/// as a JSON schema has them under `jsonSchema`.
package struct PropertyRules {
    private static let names: Set = [
        "min", "max", "minimum", "maximum", "minLength", "maxLength", "pattern", "enum", "jsonSchema",
    ]

    private let settings: [JSONValue.Member]

    /// Whether a property has any.
    package static func apply(to property: Property) -> Bool {
        property.definition.settings.contains { names.contains($0.key) }
    }

    /// Whether there are none.
    var isEmpty: Bool { settings.isEmpty }

    init(_ property: Property) {
        var settings = property.definition.settings
        for member in settings where member.key == "jsonSchema" { settings += member.value.members ?? [] }
        self.settings = settings
    }

    private func setting(_ names: String...) -> JSONValue? {
        settings.first { names.contains($0.key) }?.value
    }

    /// What is wrong with a value.
    func violations(_ json: JSONValue) -> [(ValidationError.Code, String)] {
        guard !settings.isEmpty else { return [] }
        var violations: [(ValidationError.Code, String)] = []
        if let number = ValueReader.decimal(json) {
            if let least = setting("min", "minimum").flatMap(ValueReader.decimal),
                DecimalText.compare(number, least) < 0
            {
                violations.append((.range, "has to be at least \(least.plain)"))
            }
            if let most = setting("max", "maximum").flatMap(ValueReader.decimal), DecimalText.compare(number, most) > 0
            {
                violations.append((.range, "has to be at most \(most.plain)"))
            }
        }
        if let text = json.text {
            let length = text.unicodeScalars.count
            if let least = setting("minLength").flatMap(ValueReader.decimal)?.int64, length < least {
                violations.append((.length, "has to have at least \(least) characters"))
            }
            if let most = setting("maxLength").flatMap(ValueReader.decimal)?.int64, length > most {
                violations.append((.length, "has to have at most \(most) characters"))
            }
            if let pattern = setting("pattern")?.text, !Self.matches(text, pattern) {
                violations.append((.format, "has to match \(pattern)"))
            }
        }
        if let allowed = setting("enum")?.elements, !allowed.contains(json) {
            let list = allowed.prefix(10).map(\.description).joined(separator: ", ")
            violations.append((.inclusion, "has to be one of \(list)\(allowed.count > 10 ? " …" : "")"))
        }
        return violations
    }

    /// Whether a text matches a pattern, in time that grows with its length only; what can't be found out does not match.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let expression = try? RegularExpression(pattern, ignoringCase: false) else { return false }
        var budget = StepBudget(1_000_000)
        return (try? expression.matches(text, &budget)) ?? false
    }
}
