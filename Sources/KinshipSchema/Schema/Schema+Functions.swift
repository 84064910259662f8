// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// The schema with functions attached to models and relations by their names.
    ///
    /// ```swift
    /// let schema = try SchemaLoader.load(directory: "models").attaching([
    ///     "Customer.localOrders": .scope { customer in ["where": ["currency": customer["currency"]]] }
    /// ])
    /// ```
    ///
    /// A model that inherits a relation, or what a function goes to, gets the function with it.
    ///
    /// - Throws: ``SchemaError`` with all names that there are none of, each with the name that was probably meant, and with functions
    ///   that don't go where they are: scopeMethods of a relation to one record, a scope where there is one already.
    public func attaching(_ functions: ModelFunctions) throws(SchemaError) -> Schema {
        guard !functions.isEmpty else { return self }
        var attaching = FunctionAttaching(self)
        for entry in functions.entries { attaching.attach(entry) }
        guard attaching.problems.isEmpty else { throw SchemaError(attaching.problems) }
        return try remade(attaching.definitions)
    }

    /// The schema with LoopBack's own models that say who may do what, `AccessToken`, `ACL`, `Role` and `RoleMapping`, where none of the name is
    /// there: REST keeps access rules by them. They have no routes, and those whose tables are missing count for nothing.
    ///
    /// ```swift
    /// let schema = try SchemaLoader.load(directory: "models").addingAccessModels()
    /// ```
    ///
    /// - Throws: ``SchemaError`` where they don't fit the other models.
    public func addingAccessModels() throws(SchemaError) -> Schema {
        let missing = ["AccessToken", "ACL", "Role", "RoleMapping"].filter { model($0) == nil }
        guard !missing.isEmpty else { return self }
        return try remade(definitions + missing.compactMap { BuiltInModels.definition($0) })
    }

    /// The schema with what an application's `model-config.json` says of its models; see ``ModelDefinition/configure(_:)``.
    ///
    /// - Throws: ``SchemaError`` with all that doesn't fit.
    public func configured(by configuration: ModelConfiguration) throws(SchemaError) -> Schema {
        try remade(
            definitions.map { definition in
                var configured = definition
                configured.configure(configuration)
                return configured
            })
    }

    /// The schema made once more of other definitions, its scopes as they are: they are checked where they are used.
    func remade(_ definitions: [ModelDefinition]) throws(SchemaError) -> Schema {
        try SchemaBuilder.schema(
            of: definitions, warnings: givenWarnings, catalog: catalog, missingTables: missingTables,
            leniency: leniency
        ) { _, _ in [] }
    }
}

/// Functions on their way into definitions.
private struct FunctionAttaching {
    let schema: Schema
    var definitions: [ModelDefinition]
    var problems: [PlannerError] = []

    init(_ schema: Schema) {
        self.schema = schema
        definitions = schema.definitions
    }

    mutating func attach(_ entry: ModelFunctions.Entry) {
        let name = entry.name
        if schema.model(name) != nil { return attach(entry, toModel: name) }
        guard let dot = name.lastIndex(of: ".") else { return noModel(name, entry) }
        let (model, relation) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
        guard let known = schema.model(model) else { return noModel(model, entry) }
        guard let definition = known.definition.relations.first(where: { $0.name == relation }) else {
            problems.append(
                PlannerError(
                    .unknownRelation,
                    "There is no relation \"\(relation)\" of \(model), to which a function is attached.\(known.suggestion(forRelation: relation))",
                    path: name, file: known.definition.file, model: model, relation: relation))
            return
        }
        attach(entry, to: definition, of: known)
    }

    // MARK: Relations

    private mutating func attach(_ entry: ModelFunctions.Entry, to known: RelationDefinition, of model: Model) {
        guard let place = definitions.firstIndex(where: { $0.name == model.name }) else {
            return refuse(entry, "\(model.name) is one of LoopBack's own models, or was made for links; define it")
        }
        // One that is inherited becomes the model's own.
        let own = definitions[place].relations.firstIndex { $0.name == known.name }
        var relation = own.map { definitions[place].relations[$0] } ?? known
        switch entry.kind {
        case .scope(let function):
            guard relation.scope == nil, relation.scopeFunction == nil else { return refuseSecond(entry, "scope") }
            relation.scopeFunction = function
        case .properties(let function):
            guard relation.properties.isEmpty, relation.propertiesFunction == nil else {
                return refuseSecond(entry, "properties")
            }
            relation.propertiesFunction = function
        case .scopeMethods(let make):
            guard relation.kind.isToMany else {
                return refuse(entry, "scopeMethods are those of a relation to many records; attach methods")
            }
            let methods = make(relation)
            guard isNew(methods, among: relation.scopeMethods, entry) else { return }
            relation.scopeMethods += methods
        case .methods(let methods):
            guard !relation.kind.isToMany else {
                return refuse(entry, "methods are those of a relation to one record; attach scopeMethods")
            }
            guard isNew(methods, among: relation.methods, entry) else { return }
            relation.methods += methods
        case .defaultScope, .namedScope:
            return refuse(entry, "default and named scopes are those of a model; attach a scope, or name the model")
        }
        if let own {
            definitions[place].relations[own] = relation
        } else {
            definitions[place].relations.append(relation)
        }
    }

    // MARK: Models

    private mutating func attach(_ entry: ModelFunctions.Entry, toModel name: String) {
        guard let place = definitions.firstIndex(where: { $0.name == name }) else {
            return refuse(entry, "\(name) is one of LoopBack's own models, or was made for links; define it")
        }
        switch entry.kind {
        case .defaultScope(let function):
            guard definitions[place].scope == nil, definitions[place].scopeFunction == nil else {
                return refuseSecond(entry, "scope")
            }
            definitions[place].scopeFunction = function
        case .namedScope(let scope, let function):
            guard definitions[place].scopeFunctions[scope] == nil,
                !definitions[place].scopes.contains(where: { $0.key == scope })
            else { return refuseSecond(entry, "scopes.\(scope)") }
            definitions[place].scopeFunctions[scope] = function
        case .methods(let methods):
            guard isNew(methods, among: definitions[place].methods, entry) else { return }
            definitions[place].methods += methods
        case .scope, .properties, .scopeMethods:
            refuse(entry, "scope, properties and scopeMethods are those of a relation; name it as \"\(name).relation\"")
        }
    }

    // MARK: Problems

    private mutating func noModel(_ model: String, _ entry: ModelFunctions.Entry) {
        let hint = Suggestion.text(for: model, among: schema.models.map(\.name))
        problems.append(
            PlannerError(
                .unknownModel, "There is no model \"\(model)\", to which a function is attached.\(hint)",
                path: entry.name,
                model: model))
    }

    private mutating func refuse(_ entry: ModelFunctions.Entry, _ reason: String) {
        problems.append(
            PlannerError(
                .invalidDefinition, "A function can't be attached to \"\(entry.name)\": \(reason).", path: entry.name))
    }

    private mutating func refuseSecond(_ entry: ModelFunctions.Entry, _ key: String) {
        refuse(entry, "there is its \"\(key)\" already, of which there can be one; leave one of them out")
    }

    private mutating func isNew(
        _ methods: [MethodDefinition], among others: [MethodDefinition], _ entry: ModelFunctions.Entry
    ) -> Bool {
        guard let twice = methods.first(where: { method in others.contains { $0.name == method.name } }) else {
            return true
        }
        refuse(entry, "there is a method \"\(twice.name)\" already")
        return false
    }
}
