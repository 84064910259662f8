// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// English plurals and LoopBack's spelling of names.
package enum Inflection {
    private static let irregular = [
        ("person", "people"), ("man", "men"), ("woman", "women"), ("child", "children"), ("foot", "feet"),
        ("tooth", "teeth"),
        ("goose", "geese"), ("mouse", "mice"), ("datum", "data"), ("ox", "oxen"), ("quiz", "quizzes"),
    ]
    private static let uncountable: Set<String> = [
        "equipment", "information", "rice", "money", "species", "series", "fish", "sheep", "news", "media",
    ]

    /// `Category` becomes `Categories`.
    package static func plural(_ word: String) -> String {
        let lower = word.lowercased()
        if uncountable.contains(lower) { return word }
        for (one, many) in irregular {
            if endsInWord(word, many) { return word }
            if endsInWord(word, one) { return String(word.dropLast(one.count - 1) + many.dropFirst()) }
        }
        if lower.hasSuffix("y"), let before = lower.dropLast().last, !"aeiou".contains(before) {
            return word.dropLast() + "ies"
        }
        if lower.hasSuffix("sis") { return word.dropLast(2) + "es" }
        if ["s", "x", "z", "ch", "sh"].contains(where: lower.hasSuffix) {
            return lower.hasSuffix("s") && !lower.hasSuffix("ss") && !lower.hasSuffix("us") ? word : word + "es"
        }
        return word + "s"
    }

    /// `Categories` becomes `Category`.
    package static func singular(_ word: String) -> String {
        let lower = word.lowercased()
        if uncountable.contains(lower) { return word }
        for (one, many) in irregular where endsInWord(word, many) {
            return String(word.dropLast(many.count - 1) + one.dropFirst())
        }
        if lower.hasSuffix("ies"), lower.count > 4 { return word.dropLast(3) + "y" }
        if lower.hasSuffix("ses"), lower.hasSuffix("yses") || lower.hasSuffix("eses") { return word.dropLast(2) + "is" }
        if ["sses", "xes", "zes", "ches", "shes", "uses"].contains(where: lower.hasSuffix) {
            return String(word.dropLast(2))
        }
        if lower.hasSuffix("s"), !lower.hasSuffix("ss"), !lower.hasSuffix("us"), !lower.hasSuffix("is") {
            return String(word.dropLast())
        }
        return word
    }

    /// Whether the last word of a name in camel case is `part`: SalesPerson ends in person, Human not in man.
    private static func endsInWord(_ name: String, _ part: String) -> Bool {
        guard name.lowercased().hasSuffix(part) else { return false }
        return name.count == part.count || name.suffix(part.count).first?.isUppercase == true
    }

    /// `order_item_id` and `OrderItem_id` become `orderItemId`.
    package static func camelCase(_ name: String) -> String {
        var result = ""
        for (position, part) in name.split(whereSeparator: { $0 == "_" || $0 == "-" || $0 == " " }).enumerated() {
            guard let first = part.first else { continue }
            result += position == 0 ? first.lowercased() : first.uppercased()
            result += part.dropFirst()
        }
        return result
    }
}
