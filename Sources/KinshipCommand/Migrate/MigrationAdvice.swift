// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipMigrator
import RelationPlanner

/// The indexes that requests lack when tables are what models ask for.
///
/// No database is asked: the same models and requests always come to the same indexes, so that what was made isn't another one at the next time.
struct MigrationAdvice {
    /// What somebody asks for, and where that is said.
    struct Request {
        var place: String
        var model: String
        var filter: JSONValue
    }

    private let scoped: ScopedSchema
    private let advisor: IndexAdvisor

    init(_ schema: Schema, _ options: DesiredTables.Options) throws {
        let catalog = Catalog(try DesiredTables(for: schema, options: options).catalog)
        // With the types that columns will have, unless the definitions contradict them.
        let fitted = try? ScopedSchema(schema, applying: catalog, missingTables: .warning)
        // An index is everybody's.
        scoped = try (fitted ?? ScopedSchema(schema)).reaching(.all)
        advisor = IndexAdvisor(schema: scoped.schema, catalog: catalog, minimumRows: 0)
    }

    /// The indexes for default scopes, named scopes, and each relation with its scope and what that includes; and for requests.
    ///
    /// - Throws: ``Failure`` for a request that can't be answered.
    func indexes(for requests: [Request]) throws -> [AdvisedIndex] {
        var advice: [IndexAdvice] = []
        for model in scoped.schema.models where model.isPersisted {
            var filters = [Filter()]
            for scope in try scoped.scopes(of: model.id).named {
                if case .filter(let filter) = scope.content { filters.append(filter) }
            }
            // A relation that may not be included isn't asked for in this way.
            filters += model.relations.filter { $0.embedded == nil }.compactMap { relation in
                try? scoped.schema.filter(["include": .string(relation.name)], for: model.id)
            }
            // What can't be asked for at all needs no index, and keeps no table from being made.
            for filter in filters { advice += (try? self.advice(for: filter, of: model.id)) ?? [] }
        }
        for request in requests {
            do {
                let model = try scoped.schema.id(of: request.model)
                advice += try self.advice(for: try scoped.schema.filter(request.filter, for: model), of: model)
            } catch {
                var failure = Failure(error)
                failure.place = [request.place, failure.place].compactMap(\.self).joined(separator: ": ")
                throw failure
            }
        }
        return advisor.distinct(advice).map {
            AdvisedIndex(on: Catalog.TableName($0.schema, $0.table), columns: $0.columns, reason: $0.reason)
        }
    }

    private func advice(for filter: Filter, of model: Model.ID) throws(PlannerError) -> [IndexAdvice] {
        try advisor.advice(for: try scoped.resolved(filter, for: model), of: model)
    }
}
