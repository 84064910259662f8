// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Keys that a change lets rows refer to records of a tenant by.
package struct TenantKeys: Sendable {
    /// The model that is referred to, and the key's properties there.
    package let target: Model.ID
    package let properties: [Property.ID]
    /// The keys.
    package var keys: [[JSONValue]]
    /// The property that has them, for messages.
    package let holder: Property.ID
}

extension Change {
    /// The keys by which rows are to refer to records of tenants, as the data say them; those that are taken from rows of the same
    /// change are such rows' own.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for what says a part of a key only, or computes it: what it comes to only rows know.
    ///
    /// - Parameter shown: a value as JSON.
    package func tenantKeys(
        _ scoped: ScopedSchema, shown: (BoundValue) -> JSONValue
    ) throws(PlannerError) -> [TenantKeys] {
        guard let tenancy = scoped.tenancy, tenancy.value != .all else { return [] }
        var found: [TenantKeys] = []
        for part in parts {
            let references = tenancy.references(of: part.model)
            guard !references.isEmpty else { continue }
            let cells: TenantCells
            switch part.action {
            case .insert(let insert):
                cells = TenantCells(scoped.schema, scoped.schema[part.model], insert.cells, insert.lists, isNew: true)
            case .update(let update):
                cells = TenantCells(
                    scoped.schema, scoped.schema[part.model], update.cells, update.match.lists, isNew: false)
            case .find, .delete: continue
            }
            for reference in references {
                let keys = try cells.keys(reference, shown)
                guard !keys.isEmpty else { continue }
                found.append(
                    TenantKeys(
                        target: reference.target, properties: reference.properties, keys: keys,
                        holder: reference.embedded ?? reference.holders[0]))
            }
        }
        return found
    }
}

/// What a part of a change writes, as far as it refers to records of tenants.
private struct TenantCells {
    private enum Said {
        /// Nothing is said.
        case nothing
        /// Values, one for each row or one for all.
        case values([BoundValue.Contents])
        /// What is the program's own, or of a row that has been looked at.
        case trusted
        /// What only the rows know.
        case unknown
    }

    let schema: Schema
    let model: Model
    let cells: [Insert.Cell]
    let lists: [ValueList]
    let isNew: Bool

    init(_ schema: Schema, _ model: Model, _ cells: [Insert.Cell], _ lists: [ValueList], isNew: Bool) {
        (self.schema, self.model, self.cells, self.lists, self.isNew) = (schema, model, cells, lists, isNew)
    }

    private func value(_ property: Property.ID) -> ChangeValue? { cells.first { $0.property == property }?.value }

    /// Whether the database makes the value of a property that isn't given.
    private func isByDefault(_ property: Property.ID) -> Bool {
        schema.filling(of: model.properties[property], in: model).isDefault
    }

    func keys(_ reference: TenantReference, _ shown: (BoundValue) -> JSONValue) throws(PlannerError) -> [[JSONValue]] {
        if let embedded = reference.embedded { return try keys(in: embedded, reference) }
        if reference.isPartial {
            let written = reference.holders + (reference.type.map { [$0] } ?? [])
            guard written.allSatisfy({ value($0) == nil }) else { throw partly(reference) }
            return []
        }
        if reference.isList { return try listed(reference, shown) }
        var columns: [[BoundValue.Contents]] = []
        var holders: [Property.ID] = []
        var (isPartial, isTrusted) = (false, false)
        // Which of the columns have the database's default where they are null, and whether one that isn't said has.
        var (defaulted, isFilled): ([Bool], Bool) = ([], false)
        for holder in reference.holders {
            switch said(value(holder)) {
            // It has the session's own value.
            case .nothing where holder == model.tenant?.id: continue
            case .nothing:
                isPartial = true
                isFilled = isFilled || (isNew && isByDefault(holder))
            case .trusted:
                isTrusted = true
                if case .byDefault? = value(holder) { isFilled = true }
            case .unknown: throw partly(reference)
            case .values(let contents):
                columns.append(contents)
                holders.append(holder)
                if case .listOrDefault? = value(holder) { defaulted.append(true) } else { defaulted.append(false) }
            }
        }
        let types = reference.type.map { said(value($0)) }
        if columns.isEmpty, !isTrusted || isPartial {
            // Another type lets the same key refer to another record.
            if !isNew, case .values(let names)? = types, names.contains(where: { $0 != .null }) {
                throw partly(reference)
            }
            return []
        }
        let count = columns.map(\.count).max() ?? 0
        guard count > 0, columns.contains(where: { $0.contains { $0 != .null } }) else { return [] }
        if isPartial || isTrusted {
            // A part that the database makes can be that of any record.
            if isNew, !isFilled { return [] }
            throw partly(reference)
        }
        var names: [BoundValue.Contents]?
        switch types {
        case nil, .trusted?: break
        case .nothing?: if isNew { return [] } else { throw partly(reference) }
        case .unknown?: throw partly(reference)
        case .values(let values)?: names = values
        }
        var keys: [[JSONValue]] = []
        for row in 0..<count {
            func at(_ column: [BoundValue.Contents]) -> BoundValue.Contents { column[column.count == 1 ? 0 : row] }
            if let names {
                guard case .text(let name) = at(names), name.lowercased() == reference.typeName.lowercased() else {
                    continue
                }
            }
            let contents = columns.map(at)
            guard !contents.contains(.null) else {
                let isMade = zip(contents, defaulted).allSatisfy { $0 != .null || $1 }
                if isMade, contents.contains(where: { $0 != .null }) { throw partly(reference) }
                continue
            }
            var key: [JSONValue] = []
            for (holder, content) in zip(holders, contents) {
                key.append(shown(BoundValue(model.properties[holder].columnType, content)))
            }
            if holders.count < reference.holders.count { key = filled(key, holders, reference) }
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    /// A key with what stands for the session's own value left out: those of the target have it anyway.
    private func filled(_ key: [JSONValue], _ holders: [Property.ID], _ reference: TenantReference) -> [JSONValue] {
        var rest = key[...]
        return reference.holders.map { holders.contains($0) ? rest.removeFirst() : .null }
    }

    private func listed(
        _ reference: TenantReference, _ shown: (BoundValue) -> JSONValue
    ) throws(PlannerError) -> [[JSONValue]] {
        guard let holder = reference.holders.first, let value = value(holder) else { return [] }
        var keys: [[JSONValue]] = []
        for list in try added(value, reference) {
            let type = model.properties[holder].columnType
            switch list {
            case .null: continue
            case .array(let elements):
                for element in elements where element != .null {
                    keys.append([shown(BoundValue(type.element ?? type, element))])
                }
            case .json(let text), .text(let text):
                guard let elements = (try? JSONValue(parsing: text))?.elements else { throw partly(reference) }
                keys += elements.filter { $0 != .null }.map { [$0] }
            default: throw partly(reference)
            }
        }
        return keys
    }

    /// The lists that a value is, or adds.
    private func added(
        _ value: ChangeValue, _ reference: TenantReference
    ) throws(PlannerError) -> [BoundValue.Contents] {
        guard case .computed(let computation) = value else {
            switch said(value) {
            case .values(let contents): return contents
            case .nothing, .trusted: return []
            case .unknown: throw partly(reference)
            }
        }
        return try added(computation, reference)
    }

    private func added(
        _ computation: ChangeValue.Computation, _ reference: TenantReference
    ) throws(PlannerError) -> [BoundValue.Contents] {
        switch computation {
        case .appended(let value): return [value.contents]
        case .without, .keysWithout, .keysWithoutValue, .keysAppended, .keysSet: return []
        case .several(let computations):
            var all: [BoundValue.Contents] = []
            for one in computations { all += try added(one, reference) }
            return all
        case .sum, .json, .itemsAppended, .itemsChanged, .itemsReplaced, .itemsWithout, .merged: throw partly(reference)
        }
    }

    // MARK: Embedded records

    private func keys(in property: Property.ID, _ reference: TenantReference) throws(PlannerError) -> [[JSONValue]] {
        guard let value = value(property) else { return [] }
        var keys: [[JSONValue]] = []
        func take(_ contents: BoundValue.Contents, isPart: Bool) throws(PlannerError) {
            switch contents {
            case .null: return
            case .json(let text), .text(let text):
                guard let json = try? JSONValue(parsing: text) else { throw partly(reference) }
                try collect(json, reference, isPart: isPart, into: &keys)
            case .array(let elements): for element in elements { try take(element, isPart: isPart) }
            default: throw partly(reference)
            }
        }
        func takeEach(_ computation: ChangeValue.Computation) throws(PlannerError) {
            switch computation {
            case .appended(let value), .itemsAppended(let value, _, _), .itemsReplaced(_, let value, _):
                try take(value.contents, isPart: false)
            case .itemsChanged(_, let value), .merged(let value): try take(value.contents, isPart: true)
            case .json(let path, let value?):
                guard let last = path.last, reference.members.contains(last) || last == reference.typeMember else {
                    return try take(value.contents, isPart: true)
                }
                throw partly(reference)
            case .several(let computations): for one in computations { try takeEach(one) }
            case .without, .keysWithout, .keysWithoutValue, .itemsWithout, .json(_, nil): return
            case .sum, .keysAppended, .keysSet: throw partly(reference)
            }
        }
        if case .computed(let computation) = value {
            try takeEach(computation)
            return keys
        }
        switch said(value) {
        case .values(let all): for contents in all { try take(contents, isPart: false) }
        case .nothing, .trusted: break
        case .unknown: throw partly(reference)
        }
        return keys
    }

    private func collect(
        _ json: JSONValue, _ reference: TenantReference, isPart: Bool, into keys: inout [[JSONValue]]
    ) throws(PlannerError) {
        if let elements = json.elements {
            for element in elements { try collect(element, reference, isPart: isPart, into: &keys) }
            return
        }
        guard let members = json.members else { return }
        let key = reference.members.map { json[$0] }
        let isTyped = reference.typeMember.flatMap { json[$0] }.map { $0 != .null }
        if isPart, key.contains(where: { $0 == nil }), key.contains(where: { $0 != nil }) || isTyped == true {
            throw partly(reference)
        }
        if let name = reference.typeMember.flatMap({ json[$0] })?.text,
            name.lowercased() != reference.typeName.lowercased()
        {
            return
        }
        let given = key.compactMap { $0 }
        if given.count == key.count, !given.contains(.null) {
            if reference.isList, let elements = given[0].elements {
                keys += elements.filter { $0 != .null }.map { [$0] }
            } else {
                keys.append(given)
            }
        }
        for member in members where member.value.members != nil || member.value.elements != nil {
            try collect(member.value, reference, isPart: isPart, into: &keys)
        }
    }

    // MARK: Values

    private func said(_ value: ChangeValue?) -> Said {
        switch value {
        case nil: .nothing
        case .value(let bound)?: .values([bound.contents])
        case .list(let position)?, .listOrDefault(let position, _)?:
            lists.indices.contains(position) ? .values(lists[position].contents) : .unknown
        case .byDefault?, .now?, .expression?: .trusted
        case .part(_, let model, _)?: schema[model].tenant == nil ? .unknown : .trusted
        case .copied(let copied)?: schema[copied.source].tenant == nil ? .unknown : .trusted
        case .computed?: .unknown
        }
    }

    private func partly(_ reference: TenantReference) -> PlannerError {
        let names =
            reference.embedded.map { [model.properties[$0].name] }
            ?? (reference.holders + (reference.type.map { [$0] } ?? [])).map { model.properties[$0].name }
        let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
        return PlannerError(
            .unsupported,
            "\(list) of \(model.name) refers to a record of a tenant (\(schema[reference.target].name)), which can't be told from a part of the key: give all of it, as values.",
            path: names.first, model: model.name, property: names.first)
    }
}
