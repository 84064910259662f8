// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How the targets of one include are looked up, and why.
///
/// The crossovers were measured. A LATERAL limit reads no more than it returns where an index has the key and the order, and
/// loses by an order of magnitude where none has the key. Where an index has the key only, all rows are read either way, and where
/// they lie scattered over the table
/// one sort for all parents beats one for each while these are small, or so many that most pages of the table are read anyway. An
/// opaque array beats every other way of handing keys over on an indexed key, a hash join over `unnest` beats it on one that is
/// not.
struct AccessChoice {
    let access: Fetch.Access
    let reason: String
    /// Whether the server is kept from reading another index for the order of a LATERAL limit: for a key without rows it
    /// would read all of that.
    var fencesOrder = false
    /// From so many keys on a window is the better way, nil where it never is.
    var windowKeys: Int?

    /// How the targets of a relation are looked up.
    ///
    /// - Parameter carrier: the model whose table holds the key: the target, or the link model.
    init(_ match: KeyMatch, relation: Relation, carrier: Model, read: Read, in schema: Schema) {
        let catalog = schema.catalog
        let key = match.parts.map(\.column)
        let indexed = catalog?.hasIndex(schema: carrier.tableSchema, table: carrier.table, leading: key)
        let keyName = "\(carrier.table).\(key.joined(separator: ", "))"
        let comparable = match.isComparable
        if relation.isToMany, read.limit.isSet || read.skip.isSet {
            // A window's rows are matched here, by value, so its keys must compare by value; numbered keys always do.
            if catalog?.isDistributed == true, comparable {
                (access, reason) = (.window, "limit for each parent, on several servers")
            } else if indexed == true || !comparable {
                // The order of linked targets is none that an index of the links has.
                let isServed = read.source.link == nil && Self.hasOrder(key, relation, carrier, read, catalog)
                let each = Self.plausible(
                    catalog?.estimatedRowsPerKey(
                        schema: carrier.tableSchema, table: carrier.table, columns: key))
                // What lies together is read together, parent by parent as well.
                let isScattered =
                    comparable && !isServed
                    && !(catalog?.isClustered(schema: carrier.tableSchema, table: carrier.table, column: key[0])
                        ?? false)
                if isScattered, let each, each <= Self.largestSharedSort {
                    (access, reason) = (
                        .window,
                        "limit for each parent, only \(keyName) is indexed, with about \(Int(each.rounded(.up))) rows for each"
                    )
                } else {
                    (access, reason) = (.lateral, "limit for each parent, \(keyName) is indexed")
                    fencesOrder = catalog != nil && !isServed
                    if isScattered, let each,
                        let rows = Self.plausible(
                            catalog?.estimatedRows(schema: carrier.tableSchema, table: carrier.table)),
                        let keys = Int(exactly: (rows / each * Self.smallestSharedPart).rounded(.up))
                    {
                        windowKeys = max(2, keys)
                    }
                }
            } else {
                (access, reason) = (.window, "limit for each parent, no index known on \(keyName)")
            }
        } else if relation.isToMany || schema.isSingle(relation, to: carrier, by: match.parts.map(\.property)) {
            (access, reason) =
                relation.kind == .hasOne && comparable
                ? (.array, "\(keyName) is unique")
                : Self.unlimited(match, keyName, indexed: relation.isToMany ? indexed : indexed ?? true)
        } else {
            (access, reason) = (.distinctOn, "\(keyName) may repeat: the first of each")
        }
    }

    /// The way to look up rows by keys that may all have several, without limits.
    init(rowsBy match: KeyMatch, of carrier: Model, catalog: Catalog?) {
        let key = match.parts.map(\.column)
        let indexed = catalog?.hasIndex(schema: carrier.tableSchema, table: carrier.table, leading: key)
        (access, reason) = Self.unlimited(
            match, "\(carrier.table).\(key.joined(separator: ", "))", indexed: indexed)
    }

    /// The way to look up numbers about the rows of each key.
    init(numbersBy match: KeyMatch, carrier: Model, catalog: Catalog?) {
        let rows = AccessChoice(rowsBy: match, of: carrier, catalog: catalog)
        access = rows.access
        reason = "numbers for each parent, \(rows.reason)"
    }

    /// Up to so many rows for each key, sorting all of them at once takes no longer than sorting those of each key.
    private static let largestSharedSort = 20.0

    /// From such a part of a table's keys on, reading each page once outweighs sorting all rows.
    private static let smallestSharedPart = 0.04

    /// An estimate that something can be reckoned from; a catalog may be made by hand, or read from a server that knows little.
    private static func plausible(_ estimate: Double?) -> Double? {
        estimate.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
    }

    /// Whether an index hands out the rows of a key in the order that is asked for; a partial one is taken to cover them.
    private static func hasOrder(
        _ key: [String], _ relation: Relation, _ carrier: Model, _ read: Read, _ catalog: Catalog?
    ) -> Bool {
        guard let table = catalog?.table(carrier.tableSchema, carrier.table),
            let order = OrderTerm.columns(asked: read.order, of: carrier)
        else { return false }
        let type = relation.polymorphic.map { [carrier.properties[$0.discriminator].column] } ?? []
        let equal = Set(key)
        let known = Set(type + FoundColumns(read.condition, of: carrier).equal)
        let rest = order.filter { !equal.contains($0.name) && !known.contains($0.name) }
        return table.allIndexes.contains { index in
            var index = index
            index.isPartial = false
            return rest.isEmpty ? index.finds(equal: equal) : index.hands(out: rest, equal: equal, known: known)
        }
    }

    private static func unlimited(
        _ match: KeyMatch, _ keyName: String, indexed: Bool?
    ) -> (access: Fetch.Access, reason: String) {
        guard match.isComparable else { return (.ordinality, incomparable(match)) }
        switch indexed {
        case true?: return (.array, "\(keyName) is indexed")
        case false?: return (.unnest, "no index on \(keyName): hash join")
        case nil: return (.array, "no index known on \(keyName)")
        }
    }

    private static func incomparable(_ match: KeyMatch) -> String {
        match.parts.count > 1
            ? "the key has several parts" : "equal keys of these types can differ in their bytes"
    }
}
