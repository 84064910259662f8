// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads the atomic operators of an update: `{"$inc": {"stock": -1}, "$push": {"tags": "x"}}`.
struct OperatorData {
    let reader: DataReader
    let place: String
    private(set) var problems: [ValidationError.Problem] = []
    private var model: Model { reader.model }

    /// How many keys a path has at most, and how many operators a record: more than the server would want to nest.
    private static let (longestPath, mostChanges) = (32, 100)
    private var changes = 0

    private static let names = ["$inc", "$push", "$pull", "$set", "$unset"]

    init(reader: DataReader, place: String) {
        self.reader = reader
        self.place = place
    }

    /// Reads the operators among members.
    mutating func read(_ members: [JSONValue.Member], into record: inout RecordData) {
        for member in members where member.key.hasPrefix("$") {
            guard Self.names.contains(member.key) else {
                note(
                    member.key,
                    "is no operator." + (problems.count < 20 ? Suggestion.text(for: member.key, among: Self.names) : "")
                        + " There are \(Self.names.joined(separator: ", "))")
                continue
            }
            if member.key == "$unset" {
                guard let paths = member.value.elements else {
                    note(member.key, "takes a list of paths, such as [\"settings.old\"]")
                    continue
                }
                for path in paths {
                    guard let text = path.text else {
                        note(member.key, "takes a list of paths, such as [\"settings.old\"]")
                        continue
                    }
                    read(member.key, text, nil, into: &record)
                }
                continue
            }
            guard let changes = member.value.members else {
                note(member.key, "takes an object, such as {\"\(model.properties.first?.name ?? "name")\": …}")
                continue
            }
            for change in changes { read(member.key, change.key, change.value, into: &record) }
        }
    }

    private mutating func read(_ name: String, _ path: String, _ json: JSONValue?, into record: inout RecordData) {
        let keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let first = keys.first, let property = model.property(first), !keys.contains("") else {
            return note(
                "\(name).\(path)",
                "names no property of \(model.name)."
                    + (problems.count < 20
                        ? Suggestion.text(
                            for: keys.first ?? "", among: model.properties.filter { !$0.isHidden }.map(\.name)) : ""))
        }
        changes += 1
        guard changes <= Self.mostChanges, keys.count <= Self.longestPath else {
            // Said once.
            guard changes <= Self.mostChanges + 1 else { return }
            return note(
                "\(name).\(path.prefix(64))",
                "is too much: \(Self.mostChanges) operators at most, and \(Self.longestPath) keys of a path")
        }
        guard !model.relations.contains(where: { $0.embedded == property.id }) else {
            return note("\(name).\(path)", "holds embedded records: change these through their relation")
        }
        guard !model.primaryKey.contains(property.id) else {
            return note("\(name).\(path)", "is the key, which stays as it is")
        }
        guard !reader.isMade(property) else {
            return note("\(name).\(path)", "can't be changed: the database makes it")
        }
        guard !reader.isKept(property) else {
            return note("\(name).\(path)", "can't be changed: it is read-only")
        }
        guard let computation = computation(name, property, Array(keys.dropFirst()), json, path) else { return }
        switch record[property.id] {
        case nil: record[property.id] = .computed(computation)
        case .computed(let earlier)? where property.columnType.element == nil && !property.columnType.isNumeric:
            record[property.id] = .computed(.several([earlier, computation]))
        default: note("\(name).\(path)", "is changed twice: say it once")
        }
    }

    private mutating func computation(
        _ name: String, _ property: Property, _ rest: [String], _ json: JSONValue?, _ path: String
    ) -> ChangeValue.Computation? {
        let type = property.columnType
        switch name {
        case "$inc":
            guard type.isNumeric, rest.isEmpty else {
                note("\(name).\(path)", "is no number: the column is \(type.name)")
                return nil
            }
            guard let value = json.flatMap({ value($0, type, property, path) }) else { return nil }
            // A sum of these is none.
            guard value.contents.canBeAdded else {
                note("\(name).\(path)", "takes a finite number")
                return nil
            }
            return .sum(value)
        case "$push", "$pull":
            if let element = type.element, rest.isEmpty {
                guard let value = json.flatMap({ value($0, element, property, path) }) else { return nil }
                return name == "$push"
                    ? .appended(BoundValue(type, .array([value.contents]))) : .without(value)
            }
            guard rest.isEmpty, isJSON(property, path, name), let value = json.flatMap({ item($0, property, path) })
            else { return nil }
            return name == "$push" ? .appended(value) : .without(value)
        default:
            guard !rest.isEmpty else {
                note(
                    "\(name).\(path)",
                    "names a whole property: write it beside the operators, as {\"\(property.name)\": …}")
                return nil
            }
            guard isJSON(property, path, name) else { return nil }
            guard let json else { return .json(path: rest, nil) }
            return item(json, property, path).map { .json(path: rest, $0) }
        }
    }

    private mutating func isJSON(_ property: Property, _ path: String, _ name: String) -> Bool {
        switch (property.columnType.category, property.kind) {
        case (.json, _), (.jsonb, _), (.text, .array), (.text, .object), (.text, .any), (.text, .model): return true
        default:
            note("\(name).\(path)", "holds neither a list nor JSON: the column is \(property.columnType.name)")
            return false
        }
    }

    private mutating func value(_ json: JSONValue, _ type: ColumnType, _ property: Property, _ path: String)
        -> BoundValue?
    {
        let kind: PropertyKind = if case .array(let kind) = property.kind { kind } else { property.kind }
        guard json != .null, let contents = ValueReader.contents(json, type, kind) else {
            note(path, "takes \(ValueReader.expectation(type))")
            return nil
        }
        return BoundValue(type, contents)
    }

    private mutating func item(_ json: JSONValue, _ property: Property, _ path: String) -> BoundValue? {
        guard let contents = ValueReader.contents(json, .jsonb, .any) else {
            note(path, "takes JSON without the character NUL")
            return nil
        }
        return BoundValue(.jsonb, contents)
    }

    private mutating func note(_ path: String, _ message: String) {
        let property = path.split(separator: ".").first { !$0.hasPrefix("$") }.map(String.init) ?? path
        problems.append(
            ValidationError.Problem(.type, at: DataReader.path(place, path), property: property, message))
    }
}

extension BoundValue.Contents {
    /// Whether a number is one to reckon with.
    fileprivate var canBeAdded: Bool {
        switch self {
        case .double(let value): value.isFinite
        case .numeric(let text): ValueReader.decimal(.number(text)) != nil
        default: true
        }
    }
}
