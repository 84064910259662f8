// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Finds the indexes that a request lacks: for the keys its relations are joined by, and for orders of which only the first
/// rows are wanted.
///
/// ```swift
/// let advisor = IndexAdvisor(schema: schema, catalog: catalog)
/// let filter = try schema.filter(#"{"include": {"relation": "orders", "scope": {"order": "total DESC", "limit": 3}}}"#, for: "Customer")
/// for advice in try advisor.advice(for: try schema.resolved(filter, for: customer.id), of: customer.id) {
///     print(advice.createStatement)
///     // CREATE INDEX CONCURRENTLY ON "public"."orders" ("customer_id", "total" DESC, "id")
/// }
/// ```
///
/// It is a pure function of what it is given. Tables that are known to be small need no index; orders by related rows, by
/// distances, and by places in JSON are none that an index of columns has.
public struct IndexAdvisor: Sendable {
    /// The models.
    public let schema: Schema
    /// What the database has.
    public let catalog: Catalog
    /// Tables that are known to have fewer rows than this are read as fast without an index.
    public let minimumRows: Double

    /// An advisor for a schema and the catalog of its database.
    public init(schema: Schema, catalog: Catalog, minimumRows: Double = 500) {
        self.schema = schema
        self.catalog = catalog
        self.minimumRows = minimumRows
    }

    /// What a filter lacks, its includes at every depth with it; each index once.
    ///
    /// - Parameters:
    ///   - filter: the filter with the scopes merged, see ``ScopedSchema/resolved(_:for:unscoped:)``; its shape does as well.
    ///   - model: the model asked for.
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL` and `INVALID_FILTER` for a model and a filter of another schema.
    public func advice(for filter: Filter, of model: Model.ID) throws(PlannerError) -> [IndexAdvice] {
        var found = try advice(forRoot: filter, of: model).map { [$0] } ?? []
        // Includes in the order of the filter, each before those below it.
        var pending = filter.include.reversed().map { (include: $0, model: model, path: [String]()) }
        while let (include, model, above) = pending.popLast() {
            let relation = schema[model].relations[include.relation]
            let path = above + [relation.name]
            for var lacking in advice(for: include, of: model) {
                lacking.path = path
                found.append(lacking)
            }
            let below: [(include: Include, model: Model.ID, path: [String])] =
                if let target = relation.target {
                    include.scope.include.map { ($0, target, path) }
                } else {
                    include.typeScopes.flatMap { type in type.scope.include.map { ($0, type.model, path) } }
                }
            pending += below.reversed()
        }
        return distinct(found)
    }

    /// What the root of a filter lacks, its includes aside: an index for the order of which it takes the first rows.
    ///
    /// Columns that the condition compares with one value come first in it. Where the condition can find its rows by an
    /// index in another way, an index for the order may be worse than what there is, and nothing is said.
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL` and `INVALID_FILTER` for a model and a filter of another schema.
    public func advice(forRoot filter: Filter, of model: Model.ID) throws(PlannerError) -> IndexAdvice? {
        let model = try schema.model(model)
        try FilterFit(schema: schema).check(filter, model)
        guard filter.limit.isSet, !filter.distinct, let table = self.table(of: model),
            let asked = OrderTerm.columns(asked: filter.order, of: model),
            let completed = indexColumns(completing: filter.order, of: model),
            !asked.isEmpty
        else { return nil }
        let found = FoundColumns(filter.condition, of: model)
        let name = (schema: table.schema, table: table.name)
        guard !catalog.isUnique(schema: name.schema, table: name.table, columns: found.equal),
            !catalog.hasIndex(schema: name.schema, table: name.table, leading: [], then: asked, known: found.equal),
            !found.narrowed.contains(where: {
                catalog.hasIndex(schema: name.schema, table: name.table, leading: [$0])
            })
        else { return nil }
        // An order of columns that have one value each is none.
        guard asked.contains(where: { !found.equal.contains($0.name) }) else { return nil }
        let among = found.equal.isEmpty ? "" : " among those of one \(found.equal.joined(separator: ", "))"
        return IndexAdvice(
            on: table, columns: joined(found.equal, completed), model: model, relation: nil,
            reason:
                "The first rows of \(model.name) by \(text(asked)) are asked for\(among), and no index of \(table.name) has them in this order."
        )
    }

    // MARK: Parts

    /// The model's table, when an index on it can be made and would help.
    func table(of model: Model) -> Catalog.Table? {
        guard let table = catalog.table(model.tableSchema, model.table), table.kind != .view, table.kind != .foreign,
            table.estimatedRows.map({ $0 >= minimumRows }) ?? true
        else { return nil }
        return table
    }

    /// The columns of an order and the key that completes it; without a key nothing does that is worth an index.
    func indexColumns(completing order: [OrderTerm], of model: Model) -> [Catalog.Index.Column]? {
        OrderTerm.columns(
            of: model.primaryKey.isEmpty ? order : OrderTerm.completed(order, for: model), of: model)
    }

    /// An index's columns: those of one value each, then the order's, each once.
    func joined(_ equal: [String], _ order: [Catalog.Index.Column]) -> [Catalog.Index.Column] {
        var names: Set<String> = []
        return (equal.map { Catalog.Index.Column($0) } + order).filter { names.insert($0.name).inserted }
    }

    /// An order for a sentence.
    func text(_ order: [Catalog.Index.Column]) -> String {
        order.map { $0.isDescending ? $0.name + " DESC" : $0.name }.joined(separator: ", ")
    }

    /// Without those that another one does for.
    package func distinct(_ advice: [IndexAdvice]) -> [IndexAdvice] {
        advice.enumerated().filter { position, one in
            !advice.enumerated().contains { other, more in
                one.isCovered(by: more) && (one.columns.count < more.columns.count || other < position)
            }
        }.map(\.element)
    }
}
