// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Records that are kept in another one's row: JSON, whose members are checked as properties are.
extension DataReader {
    /// One embedded record: what was given, each value as its property has it, and the defaults.
    package mutating func item(_ json: JSONValue, at place: String = "") -> JSONValue {
        let record = record(json, at: place)
        guard let members = json.members else { return json }
        if purpose == .create, let key = model.primaryKey.first.map({ model.properties[$0] }),
            model.primaryKey.count == 1,
            key.kind != .number, !key.isGenerated, record.contents(key.id) == nil,
            !problems.contains(where: { $0.path == Self.path(place, key.name) })
        {
            note(.presence, key.name, at: place, "can't be blank: it is the key, and no number that could be made")
        }
        var item: [JSONValue.Member] = []
        var seen: Set<Property.ID> = []
        for member in members {
            guard let property = model.property(member.key) else {
                if model.strictness == .allow { item.append(member) }
                continue
            }
            seen.insert(property.id)
            guard case .value(let value)? = record[property.id] else { continue }
            item.append(.init(member.key, value.contents.json ?? member.value))
        }
        for assignment in record.assignments where !seen.contains(assignment.property) {
            guard case .value(let value) = assignment.value, let json = value.contents.json else { continue }
            item.append(.init(model.properties[assignment.property].name, json))
        }
        return .object(item)
    }

    /// The records of an embedded list, or the one object, of a property of this model's.
    mutating func embedded(_ json: JSONValue, by relation: Relation, _ property: Property, at place: String)
        -> JSONValue
    {
        guard let target = relation.target.map({ schema[$0] }) else { return json }
        let path = Self.path(place, property.name)
        var reader = DataReader(schema, target, .create, values)
        reader.takesKey = true
        defer { problems += reader.problems }
        guard relation.isToMany else { return reader.item(json, at: path) }
        guard let elements = json.elements else {
            note(.type, property.name, at: place, "has to be a list of \(target.name)")
            return json
        }
        var items: [JSONValue] = []
        for (position, element) in elements.enumerated() {
            items.append(reader.item(element, at: "\(path)[\(position)]"))
        }
        return .array(keyed(items, target, relation, at: path))
    }

    /// Gives numbers to records without a key, and refuses keys that are there twice.
    private mutating func keyed(
        _ items: [JSONValue], _ target: Model, _ relation: Relation, at path: String
    ) -> [JSONValue] {
        guard target.primaryKey.count == 1 else { return items }
        let key = target.properties[target.primaryKey[0]]
        var given: Set<String> = []
        var next: Int64 = 0
        for item in items {
            guard let value = item[key.name], value != .null else { continue }
            if !given.insert(value.description).inserted {
                problems.append(
                    ValidationError.Problem(
                        .uniqueness, at: path, property: relation.name,
                        "has the key \(value.description) more than once"))
            }
            next = max(next, ValueReader.decimal(value)?.int64 ?? 0)
        }
        guard key.kind == .number || key.isGenerated else { return items }
        return items.map { item in
            guard item[key.name] == nil || item[key.name] == .null, next < Int64.max else { return item }
            next += 1
            return .object(
                [.init(key.name, .number(String(next)))] + (item.members ?? []).filter { $0.key != key.name })
        }
    }
}

extension BoundValue.Contents {
    /// The value as JSON has it; nil for what is there as it was given.
    fileprivate var json: JSONValue? {
        switch self {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .integer(let number): .number(String(number))
        case .numeric(let text):
            text.utf8.first.map { $0 == 45 || (48...57).contains($0) } == true ? .number(text) : .string(text)
        case .text(let text): .string(text)
        default: nil
        }
    }
}
