// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes an enumeration of the database.
struct EnumerationWriter {
    private let enumeration: Enumeration
    private let options: GeneratorOptions

    init(_ enumeration: Enumeration, _ options: GeneratorOptions) {
        self.enumeration = enumeration
        self.options = options
    }

    func text() -> String {
        var text = SwiftText(options)
        // A conformance alone isn't seen in a package.
        text.line(options.access == .public ? "public import Kinship" : "import Kinship")
        text.blank()
        text.lines += declarations()
        return text.text
    }

    func declarations() -> [String] {
        var text = SwiftText(options)
        text.comment("The labels of the database's type `\(enumeration.type)`.")
        text.block(
            "\(options.modifier)enum \(enumeration.name): String, PropertyValue, CaseIterable, Codable, Hashable {"
        ) { text in
            for (name, label) in enumeration.cases {
                text.comment("`\(label)`")
                text.line(
                    "case \(SwiftNames.written(name))" + (name == label ? "" : " = \(SwiftLiteral.text(label))"))
            }
        }
        return text.lines
    }
}
