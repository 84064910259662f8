// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// What a relation leads to, in pages.
struct RelatedPages: Sendable {
    let find: @Sendable (RelatedPage.Place?, _ size: Int) async throws -> RelatedPage?
    /// How large pages may be.
    let sizes: RecordCount
    let batchSize: Int
    /// When the reader has to be through.
    let end: ContinuousClock.Instant

    /// The first page; nil where the list is to be read at once.
    func first() async throws -> ListPage<RelatedPage.Place>? { try await fitting(nil) }

    /// The page at a place.
    func page(_ place: RelatedPage.Place) async throws -> ListPage<RelatedPage.Place>? {
        guard ContinuousClock.now < end else {
            throw RESTError(.requestTimeout, "The list was read too slowly; read it faster, or in pages.")
        }
        return try await fitting(place)
    }

    /// A page with fewer records where as many are too much at once.
    private func fitting(_ place: RelatedPage.Place?) async throws -> ListPage<RelatedPage.Place>? {
        while true {
            let size = sizes.next(upTo: batchSize)
            do {
                return try await find(place, size).map { ListPage($0) }
            } catch  where size > 1 && ErrorReport(error).code == PostgresError.Code.resultTooLarge.rawValue {
                sizes.halve(size)
            }
        }
    }
}
