// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// Checks a filter and binds its values: everything that can be judged without the database is judged here.
    ///
    /// ```swift
    /// let json = try JSONValue(parsing: #"{"where": {"total": {"gt": 100}}, "include": "items", "limit": 5}"#)
    /// let filter = try schema.filter(json, for: order.id)
    /// ```
    ///
    /// Nothing is merged: default scopes and relation scopes come in by ``resolved(_:for:unscoped:)``.
    ///
    /// - Parameter cursors: what opaque cursors in it are sealed with.
    /// - Throws: ``PlannerError`` with a code (`UNKNOWN_PROPERTY`, `INVALID_VALUE` …), the status 400 and the place in
    ///   the filter (`include[0].scope.limit`); `UNKNOWN_MODEL` for a model of another schema.
    public func filter(
        _ json: JSONValue, for model: Model.ID, limits: FilterLimits = .standard, cursors: CursorSeal = .unsigned
    ) throws(PlannerError) -> Filter {
        let context = ReadingContext(self, limits: limits, seal: cursors)
        return try FilterReader(context: context).filter(json, try self.model(model), .root)
    }

    /// The same of JSON text.
    public func filter(
        json: [UInt8], for model: Model.ID, limits: FilterLimits = .standard
    ) throws(PlannerError) -> Filter {
        try filter(try parse(json, limits), for: model, limits: limits)
    }

    /// The same of JSON text, for a model by its name; an empty text asks for everything.
    public func filter(
        _ json: String, for model: String, limits: FilterLimits = .standard
    ) throws(PlannerError) -> Filter {
        try filter(json: Array(json.utf8), for: try id(of: model), limits: limits)
    }

    /// Checks a condition alone, as `count` and the like take it.
    ///
    /// - Throws: as ``filter(_:for:limits:)``; paths begin with `where`.
    package func `where`(
        _ json: JSONValue, for model: Model.ID, limits: FilterLimits = .standard
    ) throws(PlannerError) -> Condition {
        let context = ReadingContext(self, limits: limits, path: ["where"])
        return try ConditionReader(context: context).condition(json, try self.model(model))
    }

    /// Checks the aggregates of all that is found: `{"sum": "total", "max": ["total", "placedAt"]}`.
    ///
    /// - Parameter count: whether the number of records is wanted as well.
    /// - Throws: as ``filter(_:for:limits:)``; paths begin with `aggregate`.
    package func summary(
        _ functions: JSONValue, count: Bool, for model: Model.ID, limits: FilterLimits = .standard
    ) throws(PlannerError) -> Include.Summary {
        let context = ReadingContext(self, limits: limits, path: ["aggregate"])
        return try SummaryReader(context: context).summary(functions, count: count, of: try self.model(model))
    }

    /// Checks an include alone, as it is loaded onto records that are there already.
    ///
    /// - Throws: as ``filter(_:for:limits:)``; paths begin with `include`.
    package func include(
        _ json: JSONValue, for model: Model.ID, limits: FilterLimits = .standard
    ) throws(PlannerError) -> [Include] {
        let context = ReadingContext(self, limits: limits, path: ["include"])
        return try IncludeReader(context: context).includes(json, try self.model(model))
    }

    /// Checks one value of a property, as for a key in a path.
    ///
    /// - Throws: ``PlannerError`` `INVALID_VALUE` when it doesn't fit the property's column, and for null, which is nobody's key;
    ///   `UNKNOWN_MODEL` and `UNKNOWN_PROPERTY` for ids of another schema.
    public func value(
        _ json: JSONValue, of property: Property.ID, in model: Model.ID
    ) throws(PlannerError) -> BoundValue {
        let model = try self.model(model)
        let property = try model.property(property)
        // As almost all of them are; the same that is read below.
        if !property.isTypeAssumed, json != .null,
            let value = ValueReader.value(json, property.columnType, property.kind)
        {
            return value
        }
        let context = ReadingContext(self, limits: .standard)
        guard json != .null else {
            throw context.error(
                .invalidValue, "A key can't be null; give a value of \(model.name).\(property.name).", model: model,
                property: property.name)
        }
        return try ValueBinder(context: context).bind(json, property, model, "eq")
    }

    /// The id of the model called `name`.
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL`.
    public func id(of name: String) throws(PlannerError) -> Model.ID {
        if let id = modelIDs[name] { return id }
        let hint = Suggestion.text(for: name, among: modelIDs.keys)
        throw PlannerError(
            .unknownModel,
            "There is no model \"\(name)\".\(hint.isEmpty ? " The schema has \(someModelNames)." : hint)", model: name)
    }

    private var someModelNames: String {
        let names = models.map(\.name).sorted()
        return names.count > 12 ? names.prefix(12).joined(separator: ", ") + " …" : names.joined(separator: ", ")
    }

    func parse(_ bytes: [UInt8], _ limits: FilterLimits) throws(PlannerError) -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw PlannerError(
                .filterTooLarge,
                "The filter has \(bytes.count) bytes, more than the limit of \(limits.bytes). Ask for less at once.")
        }
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) { return .null }
        // Conditions stand in arrays in objects: two levels of JSON for one of the filter.
        return try JSONValue(parsing: bytes, maximumDepth: max(64, limits.depth * 3 + 8))
    }
}
