// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A member of a request that some operation takes.
enum Member: String, CaseIterable, Sendable {
    case model, op, filter, `where`, include, scope, scopes, idValue, ids, relation, fk, data, target

    /// What it holds, for the help.
    var meaning: String {
        switch self {
        case .model: "the model's name"
        case .op: "the operation"
        case .filter: "a filter, as \"kinship query\" takes it"
        case .where: "a condition alone, as the \"where\" of a filter"
        case .include: "an include alone, as the \"include\" of a filter"
        case .scope: "the name of a named scope of the model"
        case .scopes: "names of named scopes, such as [\"large\", \"latest\"]"
        case .idValue: "the key of a record, such as 7"
        case .ids: "keys of records, such as [7, 3]"
        case .relation: "the name of a relation of the model"
        case .fk: "the key of a related record"
        case .data: "a record as an object, or a list of them"
        case .target: "the key of a record to link"
        }
    }
}
