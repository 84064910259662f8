// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Where the values go that names in data stand for.
struct PropertyPlaces {
    /// A place of ``ImportColumn``s, or one of these.
    static let (ignored, unknown) = (-1, -2)

    private let names: [[UInt8]]
    private let places: [String: Int]
    private let isStrict: Bool
    /// Whether names of operators mean nothing.
    private let refusesOperators: Bool

    /// Places of columns.
    ///
    /// - Parameter ignored: properties whose values don't matter.
    init(_ columns: [ImportColumn], of model: Model, ignoring ignored: Set<String>) {
        names = columns.map { Array($0.property.name.utf8) }
        var places: [String: Int] = [:]
        // Related records are made by operations of their own.
        for relation in model.relations { places[relation.name] = Self.ignored }
        for property in model.properties {
            places[property.name] = ignored.contains(property.name) ? Self.ignored : Self.unknown
        }
        for (place, column) in columns.enumerated() { places[column.property.name] = place }
        self.places = places
        isStrict = model.strictness == .refuse
        refusesOperators = true
    }

    /// Places of some names; others don't matter.
    init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
        places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        (isStrict, refusesOperators) = (false, false)
    }

    /// The place of a name in JSON. Records have their properties in the same order mostly, so one is guessed first.
    func place(of name: UnsafeRawBufferPointer, guess: inout Int) -> Int {
        if guess < names.count, names[guess].count == name.count,
            names[guess].withUnsafeBytes({ known in known.elementsEqual(name) })
        {
            guess += 1
            return guess - 1
        }
        let text = String(decoding: name, as: UTF8.self)
        guard let place = places[text] else {
            return isStrict || refusesOperators && text.hasPrefix("$") ? Self.unknown : Self.ignored
        }
        if place >= 0 { guess = place + 1 }
        return place
    }

    /// The place of a column of CSV; nil where it is no property that can be written.
    func place(of name: String) -> Int? { places[name].flatMap { $0 == Self.unknown ? nil : $0 } }
}
