// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CoreMetrics

/// How well a cache of plans does.
///
/// | name | kind | what |
/// |---|---|---|
/// | `kinship.plan_cache.hits` | counter | requests whose plan was there |
/// | `kinship.plan_cache.misses` | counter | requests whose plan had to be made |
/// | `kinship.plan_cache.size` | meter | plans that are kept |
///
/// Their dimensions are `db.client.connection.pool.name` and `cache`: `requests`, by filters as they came but for the values of
/// simple conditions; `plans`, by the shape of filters that were checked and merged, for those that are not found there; and
/// `lookups`, by the filter of requests for one record by its key.
struct PlanCacheMetrics: Sendable {
    private let hits: Counter
    private let misses: Counter
    private let size: Meter

    /// Nil when nobody collects metrics.
    init?(_ cache: String, pool: String, factory: (any MetricsFactory)?) {
        let factory = factory ?? MetricsSystem.factory
        if factory is NOOPMetricsHandler { return nil }
        let dimensions = [("db.client.connection.pool.name", pool), ("cache", cache)]
        hits = Counter(label: "kinship.plan_cache.hits", dimensions: dimensions, factory: factory)
        misses = Counter(label: "kinship.plan_cache.misses", dimensions: dimensions, factory: factory)
        size = Meter(label: "kinship.plan_cache.size", dimensions: dimensions, factory: factory)
    }

    func hit() { hits.increment() }

    func missed(keeping count: Int) {
        misses.increment()
        size.set(count)
    }

    func emptied() { size.set(0) }
}
