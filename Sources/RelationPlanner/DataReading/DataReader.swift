// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Checks the data of records: everything that can be judged without the database is judged here, and told at once.
///
/// ```swift
/// var reader = DataReader(schema, order, .create, values)
/// let record = reader.record(["total": 12.5, "customerId": 3])
/// try reader.finish()
/// ```
package struct DataReader {
    /// What the data are for.
    package enum Purpose: Sendable, Hashable {
        /// A new record: defaults are filled in, and what is required has to be there.
        case create
        /// Some properties of a record that is there.
        case update
        /// All properties of a record that is there: what isn't given becomes its default, or NULL.
        case replace
    }

    let schema: Schema
    let model: Model
    let purpose: Purpose
    let values: DefaultValues
    /// Whether the record's key may be given although the database makes it: it says which record is meant.
    package var takesKey = false
    /// Whether read-only properties may be given all the same: records that are brought in are as they were.
    package var takesReadOnly = false
    /// Properties that others than the data say: they may be required all the same.
    package var given: Set<Property.ID> = []
    /// What is wrong.
    package internal(set) var problems: [ValidationError.Problem] = []

    /// Where the problems of the record that is read begin.
    private var firstOfRecord = 0

    package init(_ schema: Schema, _ model: Model, _ purpose: Purpose, _ values: DefaultValues) {
        self.schema = schema
        self.model = model
        self.purpose = purpose
        self.values = values
    }

    /// Ends the reading.
    ///
    /// - Throws: ``ValidationError`` with all that was wrong.
    package func finish() throws(ValidationError) {
        if !problems.isEmpty { throw ValidationError(model: model.name, problems) }
    }

    /// The records of a list.
    package mutating func records(_ data: [JSONValue]) -> [RecordData] {
        var records: [RecordData] = []
        records.reserveCapacity(data.count)
        for (position, json) in data.enumerated() { records.append(record(json, at: "[\(position)]")) }
        return records
    }

    /// One record.
    ///
    /// - Parameter place: its place in the data.
    package mutating func record(_ json: JSONValue, at place: String = "") -> RecordData {
        var record = RecordData()
        firstOfRecord = problems.count
        guard let members = json.members else {
            note(.type, "", at: place, "has to be an object of properties, such as {\"\(model.someProperty)\": …}")
            return record
        }
        for member in members {
            guard member.key.hasPrefix("$") else {
                read(member, at: place, into: &record)
                continue
            }
            guard purpose != .update else { continue }
            note(
                .unknownProperty, member.key, at: place,
                "is no property: operators change records that are there. Leave it out, or update the record")
        }
        if purpose == .update {
            var operators = OperatorData(reader: self, place: place)
            operators.read(members, into: &record)
            problems += operators.problems
        } else {
            fillIn(&record, at: place)
        }
        return record
    }

    // MARK: Members

    private mutating func read(_ member: JSONValue.Member, at place: String, into record: inout RecordData) {
        guard let property = model.property(member.key) else {
            // Related records are made by operations of their own.
            guard model.relation(member.key) == nil, model.strictness == .refuse else { return }
            return note(
                .unknownProperty, member.key, at: place,
                "is no property of \(model.name)."
                    // What is near is looked for where somebody may read it.
                    + (problems.count < 20 ? model.suggestion(for: member.key) : "") + " Leave it out")
        }
        // Names that Unicode holds equal are one: which of them counts, others might see otherwise.
        if record[property.id] != nil {
            return note(.type, property.name, at: place, "is there twice: give it once")
        }
        if isMade(property) {
            return note(.absence, property.name, at: place, "can't be set: the database makes it. Leave it out")
        }
        if isKept(property) {
            return note(.absence, property.name, at: place, "can't be set: it is read-only. Leave it out")
        }
        guard member.value != .null else {
            if property.isRequired {
                return note(.presence, property.name, at: place, "can't be blank: give a value")
            }
            record[property.id] = .null(property)
            return
        }
        var json = member.value
        if let relation = model.relations.first(where: { $0.embedded == property.id }) {
            json = embedded(json, by: relation, property, at: place)
        }
        if let value = value(json, of: property, at: place) { record[property.id] = .value(value) }
    }

    /// Whether nobody but the database makes the property's value.
    func isMade(_ property: Property) -> Bool {
        if schema.filling(of: property, in: model) == .generated { return true }
        guard property.isGenerated else { return false }
        if model.primaryKey.contains(property.id) {
            return purpose == .create && !takesKey && model.definition.forceId != false
        }
        return purpose == .create
    }

    /// Whether data can't have the property's value: of a new record it is the default, of another one what it was.
    func isKept(_ property: Property) -> Bool { property.definition.isReadOnly && !takesReadOnly }

    /// A value, checked against its column and against the model's rules.
    mutating func value(_ json: JSONValue, of property: Property, at place: String) -> BoundValue? {
        let type = property.columnType
        guard let contents = ValueReader.contents(json, type, property.kind) else {
            let isDate = property.kind == .date || type.isMoment && json.text != nil
            note(
                isDate ? .date : .type, property.name, at: place,
                "has to be \(ValueReader.expectation(type)) (the column is \(type.name))")
            return nil
        }
        if let excess = ColumnRoom(type).excess(contents) {
            note(.type, property.name, at: place, excess)
            return nil
        }
        let rules = PropertyRules(property)
        if !rules.isEmpty {
            for (code, message) in rules.violations(Self.written(contents, json, property)) {
                note(code, property.name, at: place, message)
            }
        }
        return BoundValue(type, contents)
    }

    /// What the rules are about: the value as it is written, whatever it was given as.
    private static func written(_ contents: BoundValue.Contents, _ json: JSONValue, _ property: Property) -> JSONValue {
        switch contents {
        case .text(let text) where property.kind == .string && property.columnType.isText: .string(text)
        case .integer(let number): .number("\(number)")
        case .numeric(let text) where ValueReader.decimal(.number(text)) != nil: .number(text)
        case .double(let number) where number.isFinite: .number("\(number)")
        default: json
        }
    }

    // MARK: What isn't given

    private mutating func fillIn(_ record: inout RecordData, at place: String) {
        for property in model.properties where record[property.id] == nil {
            if purpose == .replace, isKept(property) { continue }
            if let json = values.value(of: property, in: model) {
                if !isMade(property), let value = value(json, of: property, at: place) {
                    record[property.id] = .value(value)
                }
                continue
            }
            if given.contains(property.id) { continue }
            if property.id == model.version?.id {
                // Of a record that is there it is counted on.
                if purpose == .create, schema.filling(of: property, in: model) == .none {
                    record[property.id] = .value(BoundValue(property.columnType, .integer(1)))
                }
                continue
            }
            if property.isRequired, !property.isGenerated, !isKept(property), !isGiven(property, at: place),
                !isCopied(property, record)
            {
                note(.presence, property.name, at: place, "can't be blank: give a value")
            } else if purpose == .replace, !model.primaryKey.contains(property.id), !isMade(property) {
                record[property.id] =
                    schema.filling(of: property, in: model) == .none ? .null(property) : .byDefault
            }
        }
    }

    /// Whether the record takes the property's value from another one that it refers to (`sync`).
    private func isCopied(_ property: Property, _ record: RecordData) -> Bool {
        schema.copies.held(by: model.id).contains { group in
            group.copies.contains { $0.holder == property.id }
                && group.key.allSatisfy { record.contents($0.holder) != nil }
        }
    }

    /// Whether a problem with the property has been noted already, or the database has a default.
    private func isGiven(_ property: Property, at place: String) -> Bool {
        let path = Self.path(place, property.name)
        return schema.filling(of: property, in: model) != .none
            || problems[firstOfRecord...].contains { $0.path == path }
    }

    // MARK: Problems

    mutating func note(_ code: ValidationError.Code, _ property: String, at place: String, _ message: String) {
        problems.append(ValidationError.Problem(code, at: Self.path(place, property), property: property, message))
    }

    static func path(_ place: String, _ name: String) -> String {
        place.isEmpty || name.isEmpty ? place + name : "\(place).\(name)"
    }
}

extension Model {
    /// A property's name for messages.
    fileprivate var someProperty: String { properties.first { !$0.isHidden && !$0.isGenerated }?.name ?? "name" }

    fileprivate func suggestion(for name: String) -> String {
        Suggestion.text(for: name, among: properties.filter { !$0.isHidden }.map(\.name))
    }
}
