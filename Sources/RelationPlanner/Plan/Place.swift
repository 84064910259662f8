// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PlanBuilder {
    /// What an include needs to know about the node it hangs from.
    struct Place {
        let node: Node.ID
        /// The fetch that has the node's rows.
        let fetch: Fetch.ID
        /// The wave with which the node's rows come.
        let wave: Int
        let model: Model
        /// How each include hangs from the node's rows.
        let attachments: [Attachment]
        /// The keys of the node's records, when they were known from the start.
        var known: KnownKeys?
    }

    /// How an include hangs from its parent's rows.
    indirect enum Attachment {
        /// Columns of the rows hold its keys, and of a polymorphic belongsTo the type.
        case keys([Int], discriminator: Int?)
        /// Its record stands in the row itself.
        case joined(Joined)
    }

    /// A record that stands in its parent's row.
    struct Joined {
        let model: Model
        /// Columns that aren't NULL when there is a record.
        let presence: [Int]
        let shown: [Node.Shown]
        /// How the includes below it hang from it.
        let attachments: [Attachment]
    }

    /// The rows of one model in a statement that is being put together.
    struct RowPlace {
        let model: Model
        let alias: String
        /// Whether the statement gives one row at most.
        let isPoint: Bool
        /// Whether it gives the first rows only.
        let isLimited: Bool
        /// Whether to-one relations may be joined in.
        let mayJoin: Bool

        init(
            _ model: Model, alias: String = RowSource.alias, isPoint: Bool = false, isLimited: Bool = false,
            mayJoin: Bool = false
        ) {
            self.model = model
            self.alias = alias
            self.isPoint = isPoint
            self.isLimited = isLimited
            self.mayJoin = mayJoin
        }
    }

    /// Adds what the includes of a filter need to a statement: columns to join by, or the relations themselves.
    func attachments(
        of filter: Filter, _ rows: RowPlace, _ columns: inout ColumnList, _ source: inout RowSource
    ) -> [Attachment] {
        var attachments: [Attachment] = []
        for include in filter.include {
            let relation = rows.model.relations[include.relation]
            if relation.hasScopeFunction {
                // The function may read any property of the record.
                for property in rows.model.properties {
                    _ = columns.position(of: property.id, in: rows.model, alias: rows.alias)
                }
            } else if rows.mayJoin, let joined = join(include, relation, rows, &columns, &source) {
                attachments.append(.joined(joined))
                continue
            }
            let key = (relation.embedded.map { [$0] } ?? relation.sourceKey).map { property in
                let isList = relation.embedded != nil || relation.kind == .referencesMany
                let form = isList ? .value : rows.model.properties[property].columnType.keyForm
                return columns.position(of: property, in: rows.model, alias: rows.alias, as: form)
            }
            let discriminator =
                relation.target == nil
                ? relation.polymorphic.map {
                    columns.position(
                        of: $0.discriminator, in: rows.model, alias: rows.alias,
                        as: rows.model.properties[$0.discriminator].columnType.nameForm)
                } : nil
            attachments.append(.keys(key, discriminator: discriminator))
        }
        return attachments
    }

    /// Adds what the includes of rows that others join by need.
    func attachments(of filter: Filter, _ model: Model, _ columns: inout ColumnList) -> [Attachment] {
        var source = RowSource(model, in: schema)
        return attachments(of: filter, RowPlace(model), &columns, &source)
    }
}
