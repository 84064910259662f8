// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a route does.
public enum RouteOperation: Sendable, Hashable {
    /// Something with the records of a model.
    case records(RecordOperation)
    /// Something with the records of a named scope.
    case scope(String, ScopeOperation)
    /// Something with what a relation of a record leads to.
    case relation(String, RelationOperation)
    /// Something with what a relation of a related record leads to: the record's relation, and the related one's.
    case nested(String, String, RelationOperation)
    /// A method of the program's own, of a relation, or of the model or its records.
    case method(relation: String?, MethodDefinition)
    /// What users can do besides.
    case user(UserOperation)
}

/// What is done with the records of a model.
public enum RecordOperation: String, Sendable, Hashable, CaseIterable {
    case find, findOne, findById, exists, count, createChangeStream
    case create, patchOrCreate, replaceOrCreate, upsertWithWhere, updateAll
    case patchAttributes, replaceById, deleteById
    case createGraph, updateGraph, upsertGraph
}

/// What is done with the records of a named scope.
public enum ScopeOperation: String, Sendable, Hashable, CaseIterable {
    case find, create, delete, count
}

/// What is done with what a relation leads to.
public enum RelationOperation: String, Sendable, Hashable, CaseIterable {
    /// The record, or the list, as a whole.
    case get, create, update, delete, count
    /// One of a list.
    case findById, updateById, deleteById
    /// The link to one.
    case link, unlink, exists
}
