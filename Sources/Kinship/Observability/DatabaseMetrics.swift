// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What a database counts; nothing when nobody collects metrics.
struct DatabaseMetrics: Sendable {
    let operations: OperationMetrics?
    let requests: PlanCacheMetrics?
    let plans: PlanCacheMetrics?
    let lookups: PlanCacheMetrics?
    /// How plans of changes are found.
    let changes: PlanCacheMetrics?

    /// - Parameter pool: whose name and factory they have.
    init(_ pool: PoolConfiguration) {
        operations = OperationMetrics(pool: pool.name, factory: pool.metricsFactory)
        requests = PlanCacheMetrics("requests", pool: pool.name, factory: pool.metricsFactory)
        plans = PlanCacheMetrics("plans", pool: pool.name, factory: pool.metricsFactory)
        lookups = PlanCacheMetrics("lookups", pool: pool.name, factory: pool.metricsFactory)
        changes = PlanCacheMetrics("changes", pool: pool.name, factory: pool.metricsFactory)
    }
}
