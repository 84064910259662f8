// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// A page of a long list.
struct ListPage<Place: Sendable>: Sendable {
    /// Its records, with commas between.
    let records: JSONPieces
    /// The bytes that it takes in memory.
    let memorySize: Int
    /// Where the next page begins; nil behind the last one.
    let next: Place?
}

extension ListPage<String> {
    /// A page of a model's records, whose place is its cursor.
    init(_ graph: Graph) {
        self.init(records: graph.recordPieces(), memorySize: graph.memorySize, next: graph.nextCursor)
    }
}

extension ListPage<RelatedPage.Place> {
    /// A page of what a relation leads to.
    init(_ page: RelatedPage) {
        self.init(records: page.recordPieces(), memorySize: page.memorySize, next: page.next)
    }
}
