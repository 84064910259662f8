// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// One write. Models and relations are named by their places.
enum WriteOperation: Sendable {
    case create(Int, WriteRow)
    case createAll(Int, [WriteRow])
    case update(Int, JSONValue, WriteRow)
    /// A number more, and values besides.
    case increment(Int, JSONValue, Int, WriteRow)
    case replace(Int, JSONValue, WriteRow)
    case upsert(Int, WriteRow)
    case replaceOrCreate(Int, WriteRow)
    case updateAll(Int, WriteWhere, WriteRow)
    case upsertWithWhere(Int, WriteWhere, WriteRow)
    case findOrCreate(Int, WriteWhere, WriteRow)
    case delete(Int, JSONValue)
    case deleteAll(Int, WriteWhere)

    case createRelated(Int, JSONValue, Int, [WriteRow])
    case addRelated(Int, JSONValue, Int, JSONValue, WriteRow)
    case setRelated(Int, JSONValue, Int, [JSONValue])
    case updateRelated(Int, JSONValue, Int, JSONValue?, WriteRow)
    case updateAllRelated(Int, JSONValue, Int, WriteWhere, WriteRow)
    case removeRelated(Int, JSONValue, Int, JSONValue?)
    case deleteRelated(Int, JSONValue, Int, JSONValue?)
    case deleteAllRelated(Int, JSONValue, Int, WriteWhere)

    case createGraph(Int, WriteGraph)
    case updateGraph(Int, JSONValue, WriteGraph)
    case upsertGraph(Int, WriteGraph)

    /// Whether it is of whole graphs, of which several things may be wrong at once.
    var isGraph: Bool {
        switch self {
        case .createGraph, .updateGraph, .upsertGraph: true
        default: false
        }
    }

    /// Its name, for what is counted.
    var name: String {
        String("\(self)".prefix { $0 != "(" })
    }
}

/// What a write came to.
enum WriteOutcome: Sendable, Equatable {
    /// The records that came back, canonically written; nil where nothing is said of them.
    case records([String]?)
    case count(Int)
    /// The code of its error.
    case refused(String)

    /// Whether both are the same, as far as anything is said; records in any order.
    ///
    /// - Parameter isGraph: whether one refusal is as good as another one: which of several mistakes is told is no matter.
    func fits(_ other: WriteOutcome, isGraph: Bool) -> Bool {
        if isGraph, case .refused = self, case .refused = other { return true }
        guard case .records(let own) = self, case .records(let others) = other else { return self == other }
        guard let own, let others else { return true }
        return own.sorted() == others.sorted()
    }
}
