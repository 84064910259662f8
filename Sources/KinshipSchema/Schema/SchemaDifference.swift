// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Something that two schemas don't agree on: of models in code and in files, or of models and what the database has.
///
/// ```swift
/// for difference in try Schema(definitions: code).differences(from: database.schema) { print(difference) }
/// ```
public struct SchemaDifference: Sendable, Hashable, CustomStringConvertible {
    /// The model it is about.
    public var model: String
    /// The property it is about.
    public var property: String?
    /// The relation it is about.
    public var relation: String?
    /// What differs: `table`, `column`, `type`, `nullable`, `key`, `kind`, `target`, `keys`, `scopes`; nil for what only one has.
    public var aspect: String?
    /// What this schema has; nil for nothing.
    public var own: String?
    /// What the other has; nil for nothing.
    public var other: String?

    /// Place and both values on one line, fit for a terminal.
    public var description: String {
        let place = [model, property ?? relation, aspect].compactMap(\.self).joined(separator: ".")
        return MessageText.message("\(place): \(own ?? "nothing") here, \(other ?? "nothing") there")
    }
}

extension Schema {
    /// What this schema and another one don't agree on, model by model; none for schemas that are the same to queries.
    ///
    /// Against the schema of an opened database it says which columns have other types than the definitions say: that schema has the
    /// types from the catalog. Names of tables and columns, types, keys, relations and the names of scopes are compared.
    ///
    /// - Complexity: linear in the properties and relations of both.
    public func differences(from other: Schema) -> [SchemaDifference] {
        var found: [SchemaDifference] = []
        for model in models {
            guard let counterpart = other.model(model.name) else {
                found.append(SchemaDifference(model: model.name, own: "a model"))
                continue
            }
            found += differences(of: model, from: counterpart, in: other)
        }
        for model in other.models where self.model(model.name) == nil {
            found.append(SchemaDifference(model: model.name, other: "a model"))
        }
        return found
    }

    private func differences(of model: Model, from other: Model, in schema: Schema) -> [SchemaDifference] {
        var found: [SchemaDifference] = []
        func compare(
            _ aspect: String, _ own: String, _ theirs: String, property: String? = nil, relation: String? = nil
        ) {
            guard own != theirs else { return }
            found.append(
                SchemaDifference(
                    model: model.name, property: property, relation: relation, aspect: aspect, own: own, other: theirs))
        }
        compare("table", "\(model.tableSchema).\(model.table)", "\(other.tableSchema).\(other.table)")
        compare("key", model.names(model.primaryKey), other.names(other.primaryKey))
        compare("scopes", model.scopeNames, other.scopeNames)
        for property in model.properties {
            guard let theirs = other.property(property.name) else {
                found.append(SchemaDifference(model: model.name, property: property.name, own: "a property"))
                continue
            }
            compare("column", property.column, theirs.column, property: property.name)
            compare("type", property.columnType.name, theirs.columnType.name, property: property.name)
            compare("kind", "\(property.kind)", "\(theirs.kind)", property: property.name)
            compare("nullable", "\(property.isNullable)", "\(theirs.isNullable)", property: property.name)
        }
        for property in other.properties where model.property(property.name) == nil {
            found.append(SchemaDifference(model: model.name, property: property.name, other: "a property"))
        }
        for relation in model.relations {
            guard let theirs = other.relation(relation.name) else {
                found.append(SchemaDifference(model: model.name, relation: relation.name, own: "a relation"))
                continue
            }
            compare("kind", relation.kind.rawValue, theirs.kind.rawValue, relation: relation.name)
            compare("target", target(of: relation), schema.target(of: theirs), relation: relation.name)
            compare(
                "keys", keys(of: relation, in: model), schema.keys(of: theirs, in: other), relation: relation.name)
        }
        for relation in other.relations where model.relation(relation.name) == nil {
            found.append(SchemaDifference(model: model.name, relation: relation.name, other: "a relation"))
        }
        return found
    }

    private func target(of relation: Relation) -> String {
        relation.target.map { self[$0].name } ?? "several models"
    }

    private func keys(of relation: Relation, in model: Model) -> String {
        let own = model.names(relation.sourceKey)
        let theirs = relation.target.map { self[$0].names(relation.targetKey) } ?? ""
        guard let through = relation.through else { return "\(own) to \(theirs)" }
        let link = self[through.model]
        return
            "\(own) to \(theirs) by \(link.name) (\(link.names(through.sourceKey)); \(link.names(through.targetKey)))"
    }
}

extension Model {
    fileprivate func names(_ ids: [Property.ID]) -> String { ids.map { properties[$0].name }.joined(separator: ", ") }

    fileprivate var scopeNames: String {
        (definition.scopes.map(\.key) + definition.scopeFunctions.keys).sorted().joined(separator: ", ")
    }
}
