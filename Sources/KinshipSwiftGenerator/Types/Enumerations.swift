// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// An enumeration of the database as one of Swift.
struct Enumeration {
    /// The type's name in the database.
    let type: String
    /// The type's name in Swift.
    let name: String
    /// The cases by their labels, in the database's order.
    let cases: [(name: String, label: String)]
}

/// The enumerations of a database that properties have, each once.
struct Enumerations {
    private(set) var all: [Enumeration] = []
    private var names: [String: String] = [:]

    /// Takes over a column's enumeration, or that of its elements.
    mutating func add(_ column: ColumnType, taken: inout Set<String>) {
        if case .array(let element) = column.category { return add(element, taken: &taken) }
        guard case .enumeration(let labels) = column.category, !labels.isEmpty, names[column.name] == nil else {
            return
        }
        let plain = column.name.split(separator: ".").last.map(String.init) ?? column.name
        let name = SwiftNames.type(plain.filter { $0 != "\"" }, suffix: "Label", taken: taken)
        taken.insert(name.lowercased())
        names[column.name] = name
        var cases: [(name: String, label: String)] = []
        // What every enumeration has.
        var words: Set<String> = ["allCases", "postgresType", "propertyType", "rawValue"]
        for label in labels {
            let word = SwiftNames.member(label, taken: words)
            words.insert(word)
            cases.append((word, label))
        }
        all.append(Enumeration(type: column.name, name: name, cases: cases))
    }

    /// The Swift type of a column; nil for what isn't known.
    func type(_ column: ColumnType) -> SwiftType? {
        guard let name = names[column.name] else { return nil }
        var type = SwiftType.string
        type.name = name
        return type
    }
}
