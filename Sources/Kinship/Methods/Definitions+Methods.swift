// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension RelationDefinition {
    /// The relation with methods of the program's own, by their names: `scopeMethods` of LoopBack, of a relation to many.
    ///
    /// ```swift
    /// let images = RelationDefinition.hasMany("images", "Image").with(scopeMethods: ["reorder": reorder])
    /// ```
    ///
    /// One that is there by the same name gives way. Those of a relation to one record are `INVALID_DEFINITION` when the schema is made.
    public func with(scopeMethods methods: [String: RelationMethod]) -> RelationDefinition {
        var relation = self
        relation.scopeMethods = scopeMethods.replaced(by: methods)
        return relation
    }

    /// The relation with methods that a function makes for it, called at once: the other form of LoopBack's `scopeMethods`.
    ///
    /// ```swift
    /// let images = RelationDefinition.hasMany("images", "Image").with(scopeMethods: { relation in
    ///     ["reorder\(relation.model ?? "")s": reorder]
    /// })
    /// ```
    public func with(
        scopeMethods make: (_ relation: RelationDefinition) -> [String: RelationMethod]
    ) -> RelationDefinition {
        with(scopeMethods: make(self))
    }

    /// The relation with methods of the program's own, by their names: `methods` of LoopBack, of a relation to one record.
    ///
    /// ```swift
    /// let profile = RelationDefinition.hasOne("profile", "Profile").with(methods: ["verify": verify])
    /// ```
    public func with(methods: [String: RelationMethod]) -> RelationDefinition {
        var relation = self
        relation.methods = self.methods.replaced(by: methods)
        return relation
    }

    /// The relation with what it writes into records that are made through it, as a function; see ``PropertiesFunction``.
    ///
    /// ```swift
    /// let orders = RelationDefinition.hasMany("orders", "Order").with(properties: { customer, data in
    ///     ["region": customer["region"]]
    /// })
    /// ```
    public func with(properties body: @escaping PropertiesFunction.Body) -> RelationDefinition {
        var relation = self
        relation.propertiesFunction = PropertiesFunction(body)
        return relation
    }
}

extension ModelDefinition {
    /// Adds a method of the model; see ``ModelMethod``.
    ///
    /// ```swift
    /// product.addMethod("cheapest", cheapest)
    /// ```
    public mutating func addMethod(_ name: String, _ method: ModelMethod) {
        methods = methods.replaced(by: [name: method])
    }

    /// Adds a method of the model's records; see ``RecordMethod``.
    public mutating func addMethod(_ name: String, _ method: RecordMethod) {
        methods = methods.replaced(by: [name: method])
    }
}

extension ModelFunctions.Function {
    /// Methods of a relation to many, by their names.
    public static func scopeMethods(_ methods: [String: RelationMethod]) -> Self {
        let named = [MethodDefinition]().replaced(by: methods)
        return Self(.scopeMethods { _ in named })
    }

    /// Methods of a relation to many, made by a function of its definition.
    public static func scopeMethods(
        _ make: @escaping @Sendable (_ relation: RelationDefinition) -> [String: RelationMethod]
    ) -> Self {
        Self(.scopeMethods { [MethodDefinition]().replaced(by: make($0)) })
    }

    /// Methods of a relation to one record, by their names.
    public static func methods(_ methods: [String: RelationMethod]) -> Self {
        Self(.methods([MethodDefinition]().replaced(by: methods)))
    }

    /// Methods of a model's records, by their names.
    public static func recordMethods(_ methods: [String: RecordMethod]) -> Self {
        Self(.methods([MethodDefinition]().replaced(by: methods)))
    }

    /// Methods of a model, by their names.
    public static func modelMethods(_ methods: [String: ModelMethod]) -> Self {
        Self(.methods([MethodDefinition]().replaced(by: methods)))
    }
}

extension [MethodDefinition] {
    /// These and others, which come in the order of their names.
    fileprivate func replaced<Subject>(by methods: [String: CustomMethod<Subject>]) -> [MethodDefinition] {
        filter { methods[$0.name] == nil }
            + methods.sorted { $0.key < $1.key }.map { $0.value.definition.named($0.key) }
    }
}
