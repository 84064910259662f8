// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

extension Changes {
    /// What the body of a request sets, each value of its property's type: the draft of a record, or a patch of one.
    ///
    /// ```swift
    /// let draft = try Changes<Order>(json: body, allowing: [\.status, \.total])
    /// let order = try await database.create(draft) { $0.customerId = me }
    ///
    /// let patch = try Changes<Order>(json: body, allowing: [\.status])
    /// let changed = try await database.query(Order.self).where { $0.customerId == me }.update(7, patch)
    /// ```
    ///
    /// What the body doesn't say isn't set: a new record has its default, one that is there keeps its value. `null` is NULL.
    ///
    /// - Parameters:
    ///   - json: an object.
    ///   - paths: the properties that it may set; nil for all that the struct has, the key too.
    ///   - droppingOthers: whether members besides are passed over rather than refused. They are never written.
    /// - Throws: ``ValidationError`` with everything that is wrong at once: members that may not be set, values of another type, `null`
    ///   where no optional is. What is missing for a new record is told when it is made.
    public init(
        json: JSONValue, allowing paths: [PartialKeyPath<Record>]? = nil, droppingOthers: Bool = false
    ) throws(ValidationError) {
        let definition = Record.definition
        guard let given = json.members else {
            throw ValidationError(
                model: definition.name,
                [.init(.type, at: "", property: "", "has to be an object of properties, not \(json.kindName)")])
        }
        let allowed = paths.map { Set($0.map { definition.name(of: $0) }) } ?? Set(definition.shownNames)
        var members: [JSONValue.Member] = []
        var problems: [ValidationError.Problem] = []
        for member in given {
            let name = member.key
            guard allowed.contains(name), let taken = definition.properties.first(where: { $0.name == name })?.taken
            else {
                if !droppingOthers {
                    problems.append(
                        .init(.unknownProperty, at: name, property: name, "can't be set here. Leave it out"))
                }
                continue
            }
            guard !members.contains(where: { $0.key == name }) else {
                problems.append(.init(.type, at: name, property: name, "is there twice: give it once"))
                continue
            }
            do throws(CellError) {
                members.append(.init(name, try taken(member.value)))
            } catch {
                problems.append(
                    member.value == .null
                        ? .init(.presence, at: name, property: name, "can't be blank: give a value")
                        : .init(.type, at: name, property: name, "can't be taken: \(error.explanation)"))
            }
        }
        // In the order of the definition: decoders give members in any, and statements shall be the same.
        func place(_ name: String) -> Int { definition.properties.firstIndex { $0.name == name } ?? .max }
        guard problems.isEmpty else {
            throw ValidationError(
                model: definition.name, problems.sorted { (place($0.path), $0.path) < (place($1.path), $1.path) })
        }
        self.init(members.sorted { place($0.key) < place($1.key) })
    }
}

extension Changes: Decodable {
    /// Reads what a body sets, as ``init(json:allowing:droppingOthers:)``; as where records are decoded, members that the struct doesn't
    /// have are passed over.
    ///
    /// ```swift
    /// let drafts = try JSONDecoder().decode([Changes<Order>].self, from: body)
    /// let orders = try await database.createAll(drafts)
    /// ```
    ///
    /// - Throws: `DecodingError` with the place of the first value that is wrong; its `underlyingError` is the ``ValidationError`` with all.
    public init(from decoder: any Decoder) throws {
        let json = try JSONValue(from: decoder)
        do {
            try self.init(json: json, droppingOthers: true)
        } catch {
            let problem = error.problems.first
            let place = problem.flatMap { $0.path.isEmpty ? nil : NameKey($0.path) }
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath + [place].compactMap { $0 },
                    debugDescription:
                        "\(error.model)\(place.map { "." + $0.stringValue } ?? "") \(problem?.message ?? "")",
                    underlyingError: error))
        }
    }
}
