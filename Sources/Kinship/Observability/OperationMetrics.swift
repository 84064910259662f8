// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CoreMetrics
import Libpq

/// How long operations take.
///
/// | name | kind | what |
/// |---|---|---|
/// | `kinship.operation.duration` | timer | one operation, from the plan to the last row, waiting for a connection included |
///
/// Its dimensions are `db.client.connection.pool.name`, `operation` (the method's name), and `outcome`: `ok`, the code of the
/// error, or `cancelled`.
final class OperationMetrics: Sendable {
    private struct Key: Hashable {
        var operation: Operation
        var outcome: String
    }

    private let pool: String
    private let factory: any MetricsFactory
    private let timers = Locked<[Key: CoreMetrics.Timer]>([:])

    /// Nil when nobody collects metrics.
    init?(pool: String, factory: (any MetricsFactory)?) {
        let factory = factory ?? MetricsSystem.factory
        if factory is NOOPMetricsHandler { return nil }
        (self.pool, self.factory) = (pool, factory)
    }

    func record(_ operation: Operation, outcome: String, _ duration: Duration) {
        let timer = timers.withLock { timers in
            let key = Key(operation: operation, outcome: outcome)
            if let known = timers[key] { return known }
            let timer = CoreMetrics.Timer(
                label: "kinship.operation.duration",
                dimensions: [
                    ("db.client.connection.pool.name", pool), ("operation", operation.rawValue), ("outcome", outcome),
                ],
                preferredDisplayUnit: .milliseconds, factory: factory)
            timers[key] = timer
            return timer
        }
        timer.recordNanoseconds(duration.poolNanoseconds)
    }
}
