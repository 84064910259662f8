// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipMigrator

/// What a relation could be called and go by, from what models and database have.
struct RelationProposals {
    let schema: Schema
    /// The tables of the database, where one is asked.
    var tables: TableCatalog?

    /// The model of a name that a flag gives.
    ///
    /// - Throws: ``GeneratorError`` when there is none.
    func model(_ name: String, _ flag: String) throws(GeneratorError) -> Model {
        try schema.requiredModel(name, flag)
    }

    // MARK: Names

    /// LoopBack's name for a relation: the target's, in the plural where it leads to several.
    func name(_ kind: RelationKind, of target: String) -> String {
        let one = uncapitalized(target)
        return kind.isToMany ? Inflection.plural(one) : one
    }

    /// `customer` of `customerId`; nil of what doesn't end like a key.
    func stem(of key: String) -> String? {
        for suffix in ["Id", "ID", "_id", "_ID"] where key.hasSuffix(suffix) && key.count > suffix.count {
            return String(key.dropLast(suffix.count))
        }
        return nil
    }

    /// Whether a model has a relation or property of the name.
    func isTaken(_ name: String, of model: Model) -> Bool {
        model.relation(name) != nil || model.properties.contains { $0.name == name && !$0.isImplied }
    }

    /// Why a relation can't be called so; nil when it can.
    func problem(withName name: String, of model: Model, _ flag: String) -> GeneratorError? {
        guard MemberName.isUsable(name), name != "trigger" else {
            return GeneratorError(
                .invalidFlag, flag, "\"\(name)\" can't be the name of a relation.",
                remedy: "name it with letters and digits, such as \"orders\"")
        }
        guard isTaken(name, of: model) else { return nil }
        let what = model.relation(name) != nil ? "relation" : "property"
        return GeneratorError(
            .nameTaken, flag, "\(model.name) has a \(what) called \"\(name)\".",
            remedy: "give another name with \(flag)")
    }

    /// The name of the list of keys of a referencesMany.
    func listKey(of target: String) -> String { uncapitalized(target) + "Ids" }

    private func uncapitalized(_ name: String) -> String { (name.first?.lowercased() ?? "") + name.dropFirst() }

    private func capitalized(_ name: String) -> String { (name.first?.uppercased() ?? "") + name.dropFirst() }

    // MARK: Keys

    /// The keys of one model that may point at another one, the likeliest first.
    ///
    /// - Parameters:
    ///   - stem: what the key is about; nil for the other model.
    ///   - isNew: whether keys that a belongsTo of the owner has are out of the question.
    func keys(of owner: Model, pointingAt other: Model, stem: String? = nil, isNew: Bool) -> [KeyProposal] {
        let own = owner.relations.filter { $0.kind == .belongsTo && $0.polymorphic == nil && $0.target == other.id }
        let used = own.map { names($0.sourceKey, of: owner) }
        var found: [KeyProposal] = []
        func add(_ proposal: KeyProposal) {
            guard !proposal.properties.isEmpty, !found.contains(where: { $0.properties == proposal.properties }) else {
                return
            }
            if isNew, used.contains(proposal.properties) { return }
            found.append(proposal)
        }
        for relation in own {
            add(
                .init(
                    properties: names(relation.sourceKey, of: owner),
                    origin: .relation("\(owner.name).\(relation.name)")))
        }
        for relation in other.relations
        where relation.target == owner.id && relation.polymorphic == nil
            && (relation.kind == .hasMany || relation.kind == .hasOne)
        {
            add(
                .init(
                    properties: names(relation.targetKey, of: owner),
                    origin: .relation("\(other.name).\(relation.name)")))
        }
        for constraint in constraints(of: owner, pointingAt: other) { add(proposal(of: constraint, owner)) }
        let usual = usualKey(stem ?? uncapitalized(other.name), of: owner, pointingAt: other)
        let isThere = usual.allSatisfy { owner.property($0)?.isImplied == false }
        add(.init(properties: usual, origin: isThere ? .property : .new))
        return found
    }

    /// The name that LoopBack gives a key; of a composite key a name for each part, that of the part where the owner has it.
    private func usualKey(_ stem: String, of owner: Model, pointingAt other: Model) -> [String] {
        guard other.primaryKey.count > 1 else { return [stem + "Id"] }
        return names(other.primaryKey, of: other).map { part in
            owner.property(part) == nil || owner.id == other.id ? stem + capitalized(part) : part
        }
    }

    private func names(_ ids: [Property.ID], of model: Model) -> [String] {
        ids.compactMap { model.properties.element($0)?.name }
    }

    private func constraints(of owner: Model, pointingAt other: Model) -> [TableCatalog.ForeignKey] {
        let table = tables?.tables[Catalog.TableName(owner.tableSchema, owner.table)]
        return table?.foreignKeys.filter { $0.target == Catalog.TableName(other.tableSchema, other.table) } ?? []
    }

    private func proposal(of constraint: TableCatalog.ForeignKey, _ owner: Model) -> KeyProposal {
        var column: String?
        let properties = constraint.columns.map { name in
            if let property = owner.properties.first(where: { $0.column == name }) { return property.name }
            let made = Inflection.camelCase(name)
            if made.lowercased() != name { column = name }
            return made
        }
        return KeyProposal(
            properties: properties, column: properties.count == 1 ? column : nil, origin: .constraint)
    }

    // MARK: Links

    /// The column of a key that a model hasn't got yet, where the database has a foreign key for it under another name.
    func column(of key: String, in owner: Model, pointingAt other: Model) -> String? {
        constraints(of: owner, pointingAt: other).lazy.map { proposal(of: $0, owner) }
            .first { $0.properties == [key] }?.column
    }

    /// The columns by which a model points at another one: of relations, and of foreign keys of the database.
    func ties(_ model: Model, _ target: Model) -> Set<[String]> {
        let relations = model.relations.filter {
            $0.kind == .belongsTo && $0.polymorphic == nil && $0.target == target.id
        }
        let columns = relations.map { $0.sourceKey.compactMap { model.properties.element($0)?.column } }
        let keys = constraints(of: model, pointingAt: target).map(\.columns)
        return Set((columns + keys).map { $0.sorted() })
    }

    /// The models that link two others, those first that have a relation to each, or whose tables have a foreign key to each.
    func links(_ one: Model, _ other: Model) -> [Model] {
        func ties(_ model: Model, _ target: Model) -> Int { self.ties(model, target).count }
        let certain = schema.models.filter { model in
            guard model.isPersisted, model.id != one.id, model.id != other.id else { return false }
            return one.id == other.id ? ties(model, one) > 1 : ties(model, one) > 0 && ties(model, other) > 0
        }
        return certain
            + schema.models.filter { model in
                model.isPersisted && model.id != one.id && model.id != other.id
                    && !certain.contains { $0.id == model.id }
            }
    }
}
