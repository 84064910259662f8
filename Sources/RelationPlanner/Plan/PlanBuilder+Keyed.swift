// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What all relations with statements of their own share: rows that are asked for by their parents' keys, and the node
// that shows them.
extension PlanBuilder {
    /// How rows are asked for by keys.
    struct Asking {
        let keys: KeySource
        /// With the place the keys are taken from.
        let match: KeyMatch
        let choice: AccessChoice
        let passing: KeyPassing
        /// The round trip the statement goes out with.
        let wave: Int
    }

    /// How a fetch that is about to be appended gets its keys, and the wave it goes out with.
    func asking(
        by keys: KeySource, _ match: KeyMatch, of relation: Relation, _ choice: AccessChoice, under place: Place
    ) -> Asking {
        var match = match
        if let known = place.known, relation.sourceKey == [known.property], !choice.isNumbered {
            match.keys = .known(known.slot)
            return Asking(keys: keys, match: match, choice: choice, passing: .known, wave: place.wave)
        }
        if strategy == .oneTrip, fetches[place.fetch].local == nil,
            match.parts.allSatisfy({ $0.parentType.canBeHandedOver })
        {
            match.keys = .setting(HandOver.setting(of: fetches.count))
            return Asking(keys: keys, match: match, choice: choice, passing: .handedOver, wave: place.wave)
        }
        return asked(later: keys, match, choice, under: place)
    }

    /// Keys that are taken from the parents' rows here, when these have come.
    func asked(later keys: KeySource, _ match: KeyMatch, _ choice: AccessChoice, under place: Place) -> Asking {
        Asking(keys: keys, match: match, choice: choice, passing: .parameter, wave: place.wave + 1)
    }

    /// Appends the fetch of rows that are asked for by keys.
    ///
    /// - Parameters:
    ///   - own: the columns of the rows that hold the key.
    ///   - reason: what comes before the choice's own.
    /// - Returns: the fetch, and how its rows find their parents.
    mutating func append(
        _ select: SelectWriter, _ asking: Asking, own: [Int], isOrdered: Bool, reason: String = "", under place: Place
    ) throws(PlannerError) -> (fetch: Fetch.ID, link: NodeLink) {
        let (match, choice) = (asking.match, asking.choice)
        let columns = select.columns.resultColumns
        var select = select
        select.isNamed = select.isNamed || namesColumns
        select.fencesOrder = choice.fencesOrder
        var draft = Draft(
            try select.children(match, access: choice.access, isNumbered: choice.isNumbered, isOrdered: isOrdered),
            model: select.source.model,
            columns: columns + (choice.isNumbered ? match.numberColumns(of: place.model.id) : []),
            access: choice.access, reason: reason + choice.reason)
        draft.ask(asking)
        // How many keys there are is known where they are sent from here.
        if let least = choice.windowKeys, asking.passing == .parameter, strategy == .byLevel {
            select.fencesOrder = false
            let many = try select.children(match, access: .window, isNumbered: false, isOrdered: isOrdered)
            draft.forMany = Fetch.ForMany(
                minimumKeys: least, text: many.text, slots: many.slots, access: .window,
                reason: "a good part of the table is read once, not parent by parent")
        }
        let link: NodeLink =
            choice.isNumbered ? match.link(asking.keys, numbers: columns.count) : .key(asking.keys, child: own)
        return (append(draft), link)
    }

    /// Appends the node of an included relation.
    mutating func append(
        _ relation: Relation, _ model: Model.ID, _ fetch: Fetch.ID?, under place: Place, isShown: Bool = true,
        _ change: (inout Node) -> Void = { _ in }
    ) -> Node.ID {
        var node = Node(
            id: nodes.count, parent: place.node, name: relation.name, model: model, fetch: fetch,
            isToMany: relation.isToMany)
        change(&node)
        return append(node, isShown: isShown)
    }
}
