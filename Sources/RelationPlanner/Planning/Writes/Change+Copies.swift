// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Copies that are kept right (`sync`), whatever it is that changes them or what they are copies of.
extension Change {
    /// The same change where rows that refer to others from now on take what is copied of these, and where copies of what is changed
    /// are made right behind it.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED` on a distributed database, where no statement holds rows of another node.
    package func keepingCopies(in schema: Schema) throws(PlannerError) -> Change {
        guard !schema.copies.groups.isEmpty else { return self }
        var change = self
        for position in parts.indices {
            for unkept in schema.copies.unkept(by: parts[position].model) {
                try parts[position].requireNone(of: unkept, schema)
            }
            for group in schema.copies.held(by: parts[position].model) {
                try group.requireWritable(schema)
            }
            change.takeCopies(position, schema)
        }
        for (position, part) in change.parts.enumerated() {
            for group in schema.copies.taken(from: part.model) where part.changes(group, schema) {
                try group.requireWritable(schema)
                change.refresh(group, position)
            }
        }
        // Copies of copies: they end, for there are no circles.
        var next = 0
        while next < change.behind.count {
            let refresh = change.behind[next]
            let changed = Set(refresh.group.copies.map(\.holder))
            for group in schema.copies.taken(from: refresh.group.holder)
            where group.copies.contains(where: { changed.contains($0.source) }) || group.changesByItself(schema) {
                try group.requireWritable(schema)
                guard !change.leads(from: group, to: next) else { throw group.isEndless(schema) }
                change.behind.append(
                    CopyRefresh(group: group, giver: .refresh(next), number: change.behind.count))
            }
            next += 1
        }
        if schema.catalog?.isDistributed == true, change != self, let group = schema.copies.groups.first {
            let model = schema[group.holder]
            throw PlannerError(
                .unsupported,
                "\(model.name) keeps copies right (\"sync\"), which needs rows of two tables to be held at once: a distributed database can't. Leave \"sync\" out.",
                model: model.name)
        }
        return change
    }

    /// Lets a part's rows take the copies of what they refer to.
    private mutating func takeCopies(_ position: Int, _ schema: Schema) {
        var part = parts[position]
        let groups = schema.copies.held(by: part.model)
        guard !groups.isEmpty else { return }
        switch part.action {
        case .find, .delete: return
        case .update(var update):
            for group in groups { take(group, &update.cells, isNew: false, schema) }
            part.action = .update(update)
        case .insert(var insert):
            for group in groups { take(group, &insert.cells, isNew: true, schema) }
            if case .update(let key, var set, let counting, let condition) = insert.conflict {
                insert.conflict = .update(key, set: set, counting: counting, condition: condition)
                for group in groups where !group.keyProperties.allSatisfy(key.contains) {
                    let given = group.keyProperties.filter { set.contains($0) || key.contains($0) }
                    let copies = group.copies.map(\.holder)
                    set.removeAll { copies.contains($0) }
                    if given.count == group.keyProperties.count {
                        set += copies
                        insert.conflict = .update(key, set: set, counting: counting, condition: condition)
                    } else if given.allSatisfy(key.contains) {
                        // It refers to what it did.
                        insert.conflict = .update(key, set: set, counting: counting, condition: condition)
                    } else {
                        // Who makes it meanwhile makes this one try again, when it is there to be changed.
                        insert.conflict = .refuse
                    }
                }
            }
            part.action = .insert(insert)
        }
        parts[position].action = part.action
    }

    private mutating func take(
        _ group: KeptCopies.Group, _ cells: inout [Insert.Cell], isNew: Bool, _ schema: Schema
    ) {
        let copies = Set(group.copies.map(\.holder))
        let concerns = group.keyProperties + copies
        guard isNew || cells.contains(where: { concerns.contains($0.property) }) else { return }
        func value(_ property: Property.ID) -> ChangeValue? { cells.first { $0.property == property }?.value }
        // Where nobody is referred to the database makes what it makes.
        func nothing(_ property: Property.ID) -> ChangeValue? {
            guard isNew else { return nil }
            let holder = schema[group.holder]
            let own = holder.properties[property]
            return schema.filling(of: own, in: holder).isDefault ? .byDefault : .null(own)
        }
        // Nothing to be referred to.
        if isNew, group.key.contains(where: { value($0.holder) == nil }) { return }
        // What a part of the same statement finds or makes is taken from there: the tables don't show it yet.
        let part = giver(of: group, in: cells)
        if let part, let position = parts.firstIndex(where: { $0.name == part }) {
            parts[position].show(group.copies.map(\.source))
            if case .find(var find) = parts[position].action, find.lock == nil || find.lock == .keyShare {
                find.lock = .share
                parts[position].action = .find(find)
            }
        }
        for copy in group.copies {
            let taken: ChangeValue
            // Nobody refers to NULL.
            if let part, group.key.map(\.source) == schema[group.source].primaryKey {
                taken = .part(part, group.source, copy.source)
            } else {
                let key = (group.key + ownership(of: group, schema)).map {
                    ChangeValue.Copied.Part(
                        source: $0.source, holder: $0.holder, value: value($0.holder) ?? nothing($0.holder))
                }
                let type = group.type.map {
                    ChangeValue.Copied.Discriminator(
                        holder: $0, value: value($0) ?? nothing($0), name: group.typeName ?? "",
                        folds: group.foldsType)
                }
                taken = .copied(
                    ChangeValue.Copied(
                        source: group.source, property: copy.source, key: key, type: type, part: part,
                        otherwise: value(copy.holder) ?? nothing(copy.holder)))
            }
            cells.removeAll { $0.property == copy.holder }
            cells.append(Insert.Cell(copy.holder, taken))
        }
    }

    /// What besides the key has to be the same: nothing of one tenant's is copied to another's row that refers to it for whatever reason.
    private func ownership(of group: KeptCopies.Group, _ schema: Schema) -> [KeptCopies.Group.Pair] {
        guard let own = schema[group.holder].tenant, let other = schema[group.source].tenant,
            !group.key.contains(where: { $0.source == other.id })
        else { return [] }
        return [KeptCopies.Group.Pair(holder: own.id, source: other.id)]
    }

    /// The part that all of a key is taken from, and the type with it: one that has the source's rows.
    private func giver(of group: KeptCopies.Group, in cells: [Insert.Cell]) -> String? {
        var names: Set<String> = []
        for pair in group.key {
            guard
                case .part(let name, group.source, pair.source)? = cells.first(where: { $0.property == pair.holder })?
                    .value
            else { return nil }
            names.insert(name)
        }
        if let type = group.type {
            guard case .value(let value)? = cells.first(where: { $0.property == type })?.value,
                value.contents == .text(group.typeName ?? "")
            else { return nil }
        }
        return names.count == 1 ? names.first : nil
    }

    /// Whether what a refresh changes was changed by that of a group, or is changed by it again.
    private func leads(from group: KeptCopies.Group, to number: Int) -> Bool {
        var next: Int? = number
        while let current = next {
            if behind[current].group == group { return true }
            if case .refresh(let giver) = behind[current].giver { next = giver } else { next = nil }
        }
        return false
    }

    /// Makes the copies of what a part changes right, behind the change.
    private mutating func refresh(_ group: KeptCopies.Group, _ position: Int) {
        let name = parts[position].name
        parts[position].show(group.key.map(\.source))
        if let known = behind.firstIndex(where: { $0.group == group }), case .parts(let names) = behind[known].giver {
            behind[known] = CopyRefresh(group: group, giver: .parts(names + [name]), number: known)
        } else {
            behind.append(CopyRefresh(group: group, giver: .parts([name]), number: behind.count))
        }
    }
}

extension ChangePart {
    /// - Throws: ``PlannerError`` `UNSUPPORTED` where it writes what would make copies wrong that its model hasn't the columns of.
    fileprivate func requireNone(of unkept: KeptCopies.Unkept, _ schema: Schema) throws(PlannerError) {
        let written: [Property.ID] =
            switch action {
            case .find, .delete: []
            case .update(let update): update.cells.map(\.property)
            case .insert(let insert): insert.cells.map(\.property)
            }
        guard let property = written.first(where: unkept.properties.contains) else { return }
        let (model, other) = (schema[unkept.model], schema[unkept.other])
        let name = model.properties[property].name
        throw PlannerError(
            .unsupported,
            "\(model.name) and \(other.name) are in one table, whose copies are kept right (\"sync\"), and \(model.name) hasn't all of their columns: write \(name) by way of \(other.name), or give \(model.name) the properties.",
            model: model.name, property: name)
    }

    /// Whether it changes what a group copies, or by which key it is found.
    fileprivate func changes(_ group: KeptCopies.Group, _ schema: Schema) -> Bool {
        let concerns = Set(group.copies.map(\.source) + group.key.map(\.source))
        switch action {
        case .find, .delete: return false
        case .update(let update):
            return group.changesByItself(schema) || update.cells.contains { concerns.contains($0.property) }
        case .insert(let insert):
            if case .update(_, let set, _, _) = insert.conflict,
                group.changesByItself(schema) || set.contains(where: concerns.contains)
            {
                return true
            }
            // A key that the database makes is new to everybody.
            let model = schema[group.source]
            let isNew = group.key.contains { pair in
                model.properties[pair.source].isGenerated && !insert.cells.contains { $0.property == pair.source }
            }
            // Without a foreign key somebody may refer to it already; it may refer to itself.
            if group.holder == group.source { return true }
            return !isNew
                && !schema.isGuarded(
                    schema[group.holder], group.key.map(\.holder), pointingAt: schema[group.source],
                    group.key.map(\.source))
        }
    }

    /// Shows properties to later parts.
    fileprivate mutating func show(_ properties: [Property.ID]) {
        var shown: [Property.ID]
        switch output {
        case .nothing: shown = []
        case .properties(let own), .answer(let own): shown = own
        case .tally: return
        }
        for property in properties where !shown.contains(property) { shown.append(property) }
        if case .answer = output { output = .answer(and: shown) } else { output = .properties(shown) }
    }
}

extension KeptCopies.Group {
    /// What says which row is referred to.
    fileprivate var keyProperties: [Property.ID] { key.map(\.holder) + (type.map { [$0] } ?? []) }

    /// - Throws: ``PlannerError`` `INVALID_DEFINITION` for copies in columns that the database works out itself, or whose type can't
    ///   have the values.
    fileprivate func requireWritable(_ schema: Schema) throws(PlannerError) {
        let model = schema[holder]
        for copy in copies { try schema.requireCopying(schema[source], copy.source, into: model, copy.holder) }
        guard
            let copy = copies.first(where: {
                schema.filling(of: model.properties[$0.holder], in: model) == .generated
            })
        else { return }
        let name = model.properties[copy.holder].name
        throw PlannerError(
            .invalidDefinition,
            "The database works \(model.name).\(name) out itself, so it can't be a copy that is kept right (\"sync\"). Copy to another property.",
            model: model.name, property: name)
    }

    /// The error of copies that change what they are copies of.
    fileprivate func isEndless(_ schema: Schema) -> PlannerError {
        PlannerError(
            .invalidDefinition,
            "Copies of \(schema[source].name) that are kept right (\"sync\") change it again, by its number of changes or by what the database works out: that never ends. Leave \"sync\" out of one of the relations.",
            model: schema[holder].name)
    }

    /// Whether something that is copied changes with every change of its row, whatever is changed: the number of its changes, and what
    /// the database works out.
    fileprivate func changesByItself(_ schema: Schema) -> Bool {
        let model = schema[source]
        return copies.contains { copy in
            copy.source == model.version?.id
                || schema.filling(of: model.properties[copy.source], in: model) == .generated
        }
    }
}

extension Schema {
    /// - Throws: ``PlannerError`` `INVALID_DEFINITION` where the database makes no value of one property one of another one.
    func requireCopying(
        _ source: Model, _ from: Property.ID, into model: Model, _ to: Property.ID
    ) throws(PlannerError) {
        let (own, other) = (source.properties[from], model.properties[to])
        // What types columns have is known when the catalog is.
        guard catalog != nil, own.columnType.copying(to: other.columnType) == .impossible else { return }
        throw PlannerError(
            .invalidDefinition,
            "\(source.name).\(own.name) (\(own.columnType.name)) can't be copied into \(model.name).\(other.name) (\(other.columnType.name)): the database has no such cast. Give both columns one type, or copy into text.",
            model: model.name, property: other.name)
    }
}
