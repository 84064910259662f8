// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A definition, filter or scope that can't be used.
///
/// ```swift
/// do {
///     _ = try schema.filter(#"{"where": {"nope": 1}}"#, for: "Customer")
/// } catch let error as PlannerError {
///     print(error.code.rawValue, error.status, error.path ?? "", error.message)
/// }
/// ```
public struct PlannerError: Error, Sendable, Hashable {
    /// What is wrong; the raw value is stable and meant for programs.
    public enum Code: String, Sendable, CaseIterable {
        case invalidDefinition = "INVALID_DEFINITION"
        case unknownModel = "UNKNOWN_MODEL"
        case unknownProperty = "UNKNOWN_PROPERTY"
        case unknownRelation = "UNKNOWN_RELATION"
        case unknownOperator = "UNKNOWN_OPERATOR"
        case unknownScope = "UNKNOWN_SCOPE"
        /// There is no method of the program's own by this name.
        case unknownMethod = "UNKNOWN_METHOD"
        /// What a scope function gave is no usable filter.
        case invalidScope = "INVALID_SCOPE"
        case prohibitedProperty = "PROHIBITED_PROPERTY"
        case invalidValue = "INVALID_VALUE"
        case invalidFilter = "INVALID_FILTER"
        case invalidInclude = "INVALID_INCLUDE"
        case includeDisabled = "INCLUDE_DISABLED"
        case emptyOr = "EMPTY_OR"
        case limitOnToOne = "LIMIT_ON_TO_ONE"
        case filterTooDeep = "QUERY_OBJECT_TOO_DEEP"
        case filterTooLarge = "FILTER_TOO_LARGE"
        /// Trying the filter on embedded records is more work than the program allows.
        case filterTooCostly = "FILTER_TOO_COSTLY"
        /// The answer has more rows or bytes than the program allows.
        case resultTooLarge = "RESULT_TOO_LARGE"
        /// A row names a model that there is none of, where that is an error.
        case unknownPolymorphicType = "UNKNOWN_POLYMORPHIC_TYPE"
        case invalidJSON = "INVALID_JSON"
        case unsupported = "UNSUPPORTED"
        /// A column is no longer of the type that the database had for it.
        case typeChanged = "TYPE_CHANGED"
        /// The model has no table: it is attached nowhere, only embedded, or only a base.
        case noTable = "NO_TABLE"
        /// There is no record with the key that was asked for.
        case modelNotFound = "MODEL_NOT_FOUND"
        /// The data have another key, or type, than the relation says.
        case keyOverride = "KEY_OVERRIDE"
        /// A to-one relation has a record already.
        case relationExists = "RELATION_EXISTS"
        /// A to-one relation has no record.
        case relationEmpty = "RELATION_EMPTY"
        /// A record that isn't stored yet has no related ones.
        case unsavedInstance = "UNSAVED_INSTANCE"
        /// The record has been changed meanwhile, or one with its key is out of reach.
        case conflict = "CONFLICT"
        /// Records of a tenant are asked for, and nobody has said of which.
        case tenantRequired = "TENANT_REQUIRED"
        /// The data, or a change, are for another tenant than the session's.
        case tenantMismatch = "TENANT_MISMATCH"
        /// Several records meet the condition of what changes one.
        case multipleInstances = "MULTIPLE_INSTANCES"
    }

    /// What is wrong, for programs.
    public var code: Code
    /// The HTTP status that fits.
    public var status: Int
    /// One sentence: what, where, and the remedy.
    public var message: String
    /// The place inside the filter (`include[0].scope.limit`) or the definition (`relations.orders.model`).
    public var path: String?
    /// The file a definition was read from.
    public var file: String?
    /// The model it is about.
    public var model: String?
    /// The property it is about.
    public var property: String?
    /// The relation it is about.
    public var relation: String?
    /// The operator it is about.
    public var `operator`: String?
}
