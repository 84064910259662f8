// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CoreMetrics

/// The pool's figures for swift-metrics, named after OpenTelemetry's conventions for database clients.
///
/// | name | kind | what |
/// |---|---|---|
/// | `db.client.connection.count` with `state` = `idle`, `used` or `connecting` | meter | connections; `used` are leased, being checked or being reset |
/// | `db.client.connection.pending_requests` | meter | callers waiting |
/// | `db.client.connection.wait_time` | timer | from asking for a connection to having it |
/// | `db.client.connection.use_time` | timer | from having a connection to giving it back |
/// | `db.client.connection.create_time` | timer | making a connection |
/// | `db.client.connection.timeouts` | counter | callers who gave up waiting |
/// | `db.client.connection.create_failures` | counter | attempts to connect that failed |
///
/// Each has the dimension `db.client.connection.pool.name`.
/// https://opentelemetry.io/docs/specs/semconv/database/database-metrics/
final class PoolMetrics: Sendable {
    /// The numbers the meters show.
    struct Levels: Equatable {
        var idle = 0
        var used = 0
        var connecting = 0
        var waiting = 0

        init() {}

        init(_ status: PoolStatus) {
            idle = status.idle
            used = status.leased + status.preparing
            connecting = status.connecting
            waiting = status.waiting
        }
    }

    private let idle: Meter
    private let used: Meter
    private let connecting: Meter
    private let waiting: Meter
    private let waitTime: CoreMetrics.Timer
    private let useTime: CoreMetrics.Timer
    private let createTime: CoreMetrics.Timer
    private let timeouts: Counter
    private let createFailures: Counter

    /// Nil when nobody collects metrics, so that the pool's fast path pays one comparison.
    init?(pool: String, factory: (any MetricsFactory)?) {
        let factory = factory ?? MetricsSystem.factory
        if factory is NOOPMetricsHandler { return nil }
        let dimensions = [("db.client.connection.pool.name", pool)]
        func meter(_ state: String) -> Meter {
            Meter(
                label: "db.client.connection.count", dimensions: dimensions + [("state", state)], factory: factory)
        }
        func timer(_ name: String) -> CoreMetrics.Timer {
            CoreMetrics.Timer(
                label: "db.client.connection.\(name)", dimensions: dimensions, preferredDisplayUnit: .milliseconds,
                factory: factory)
        }
        func counter(_ name: String) -> Counter {
            Counter(label: "db.client.connection.\(name)", dimensions: dimensions, factory: factory)
        }
        idle = meter("idle")
        used = meter("used")
        connecting = meter("connecting")
        waiting = Meter(
            label: "db.client.connection.pending_requests", dimensions: dimensions, factory: factory)
        waitTime = timer("wait_time")
        useTime = timer("use_time")
        createTime = timer("create_time")
        timeouts = counter("timeouts")
        createFailures = counter("create_failures")
    }

    /// Moves the meters by what changed. Differences, because threads may arrive here in another order than they changed
    /// the pool: sums don't mind.
    func move(from old: Levels, to new: Levels) {
        Self.move(idle, new.idle - old.idle)
        Self.move(used, new.used - old.used)
        Self.move(connecting, new.connecting - old.connecting)
        Self.move(waiting, new.waiting - old.waiting)
    }

    private static func move(_ meter: Meter, _ difference: Int) {
        if difference > 0 { meter.increment(by: Double(difference)) }
        if difference < 0 { meter.decrement(by: Double(-difference)) }
    }

    func waited(_ nanoseconds: Int64) { waitTime.recordNanoseconds(nanoseconds) }
    func used(_ nanoseconds: Int64) { useTime.recordNanoseconds(nanoseconds) }
    func created(_ nanoseconds: Int64) { createTime.recordNanoseconds(nanoseconds) }
    func timedOut() { timeouts.increment() }
    func failedToCreate() { createFailures.increment() }
}
