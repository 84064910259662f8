// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Change {
    /// The change without its values, and the values: changes that differ in values only have one shape, and one plan.
    ///
    /// ```swift
    /// let (shape, values) = change.parameterized(after: 0)
    /// ```
    ///
    /// Lists of rows are values as well, however long they are, and so are the names of locks, and how many rows a part has to have. What
    /// decides about the text stays: which properties are written.
    ///
    /// - Parameter first: how many values others have taken out before: the n-th of these is that of slot `first + n`.
    /// - Complexity: linear in the change.
    package func parameterized(after first: Int) -> (shape: Change, values: [BoundValue]) {
        var extractor = ValueExtractor()
        extractor.first = first
        var shape = self
        for position in shape.ahead.indices { extractor.take(from: &shape.ahead[position]) }
        for position in shape.parts.indices { extractor.take(from: &shape.parts[position]) }
        return (shape, extractor.values)
    }
}

extension ValueExtractor {
    fileprivate mutating func take(from lock: inout Lock) {
        switch lock {
        case .row(let model, var match, let strength):
            take(from: &match)
            lock = .row(model, match, strength)
        case .named(var names):
            take(from: &names)
            lock = .named(names)
        }
    }

    fileprivate mutating func take(from part: inout ChangePart) {
        switch part.action {
        case .find(var find):
            take(from: &find.match)
            for position in find.order.indices { take(from: &find.order[position]) }
            takeAny(from: &find.limit)
            takeAny(from: &find.skip)
            part.action = .find(find)
        case .insert(var insert):
            for position in insert.cells.indices { take(from: &insert.cells[position].value) }
            for position in insert.lists.indices { take(from: &insert.lists[position]) }
            if var counted = insert.counted {
                takeAny(from: &counted.count)
                insert.counted = counted
            }
            if var missing = insert.missing {
                take(from: &missing)
                insert.missing = missing
            }
            if case .update(let key, let set, let counting, var condition) = insert.conflict {
                take(from: &condition)
                insert.conflict = .update(key, set: set, counting: counting, condition: condition)
            }
            part.action = .insert(insert)
        case .update(var update):
            for position in update.cells.indices { take(from: &update.cells[position].value) }
            take(from: &update.match)
            part.action = .update(update)
        case .delete(var match):
            take(from: &match)
            part.action = .delete(match)
        }
        if case .tally(let property, var match) = part.output {
            take(from: &match)
            part.output = .tally(property, match)
        }
    }

    private mutating func take(from match: inout RowMatch) {
        for position in match.keys.indices { take(from: &match.keys[position].value) }
        for position in match.except.indices { take(from: &match.except[position].value) }
        take(from: &match.condition)
        if var counted = match.counted {
            takeAny(from: &counted.count)
            match.counted = counted
        }
        if var items = match.items {
            take(from: &items.match)
            match.items = items
        }
        if var listed = match.listed {
            for position in listed.keys.indices { take(from: &listed.keys[position].value) }
            take(from: &listed.condition)
            match.listed = listed
        }
        if var linked = match.linked {
            take(from: &linked.condition)
            for position in linked.keys.indices { take(from: &linked.keys[position].value) }
            match.linked = linked
        }
        for position in match.lists.indices { take(from: &match.lists[position]) }
    }

    private mutating func take(from match: inout ItemMatch) {
        switch match {
        case .all: break
        case .keyed(let name, var keys):
            take(from: &keys)
            match = .keyed(name, keys)
        case .condition(var condition, let relation):
            take(from: &condition)
            match = .condition(condition, of: relation)
        }
    }

    private mutating func take(from list: inout ValueList) {
        guard list.slot == nil else { return }
        let slot = first + values.count
        values += list.parameters
        list = ValueList(type: list.type, slot: slot)
    }

    private mutating func take(from value: inout ChangeValue) {
        switch value {
        case .value(var bound):
            takeAny(from: &bound)
            value = .value(bound)
        case .computed(var computation):
            take(from: &computation)
            value = .computed(computation)
        case .copied(var copied):
            for position in copied.key.indices { take(from: &copied.key[position].value) }
            take(from: &copied.type)
            take(from: &copied.otherwise)
            value = .copied(copied)
        case .list, .listOrDefault, .byDefault, .now, .part, .expression: break
        }
    }

    private mutating func take(from value: inout ChangeValue?) {
        guard var own = value else { return }
        take(from: &own)
        value = own
    }

    private mutating func take(from type: inout ChangeValue.Copied.Discriminator?) {
        guard var own = type else { return }
        take(from: &own.value)
        type = own
    }

    private mutating func take(from computation: inout ChangeValue.Computation) {
        func taking(_ value: BoundValue, _ make: (BoundValue) -> ChangeValue.Computation) {
            var value = value
            takeAny(from: &value)
            computation = make(value)
        }
        switch computation {
        case .sum(let value): taking(value) { .sum($0) }
        case .appended(let value): taking(value) { .appended($0) }
        case .without(let value): taking(value) { .without($0) }
        case .keysWithoutValue(let value): taking(value) { .keysWithoutValue($0) }
        case .merged(let value): taking(value) { .merged($0) }
        case .json(let path, let value?): taking(value) { .json(path: path, $0) }
        case .itemsAppended(let items, let key, let isFirst):
            taking(items) { .itemsAppended($0, key: key, isFirst: isFirst) }
        case .itemsChanged(var match, let changes):
            take(from: &match)
            let changed = match
            taking(changes) { .itemsChanged(changed, $0) }
        case .itemsReplaced(var match, let item, let key):
            take(from: &match)
            let changed = match
            taking(item) { .itemsReplaced(changed, $0, key: key) }
        case .itemsWithout(var match):
            take(from: &match)
            computation = .itemsWithout(match)
        case .several(var computations):
            for position in computations.indices { take(from: &computations[position]) }
            computation = .several(computations)
        case .keysSet(let part, let type, let key, var order):
            for position in order.indices { takeAny(from: &order[position].values) }
            computation = .keysSet(part: part, type, key, order: order)
        case .json(_, nil), .keysAppended, .keysWithout: break
        }
    }

    /// Also NULL: what a column is set to, and what a key is, is written alike whatever it is.
    private mutating func takeAny(from value: inout BoundValue) {
        if case .slot = value.contents { return }
        let slot = first + values.count
        values.append(value)
        value.contents = .slot(slot)
    }

    private mutating func takeAny(from value: inout BoundValue?) {
        guard var bound = value else { return }
        takeAny(from: &bound)
        value = bound
    }
}
