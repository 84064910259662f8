// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Libpq
import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Uses a pool in a process that has no descriptors or no threads left, or looks at its threads while many connections end.
enum Resources {
    static func run(_ what: String, url: String) async throws -> String {
        var connection = try ConnectionConfiguration(url: url)
        connection.connectTimeout = .seconds(5)
        #if os(Linux)
        if what == "nothreads" {
            try becomeOrdinary(url)
            // A request to cancel that finds no thread is given up, and with it the connection.
            connection.statementTimeoutGrace = .milliseconds(300)
        }
        #endif
        if what == "closing" { return try await closing(connection) }
        var configuration = PoolConfiguration(minimumConnections: 1, maximumConnections: 60)
        configuration.initialBackoff = .milliseconds(10)
        configuration.maximumBackoff = .milliseconds(50)
        configuration.acquireTimeout = .seconds(20)
        let pool = ConnectionPool(
            configuration: configuration, connection: connection,
            logger: Logger(label: "resources") { _ in SwiftLogNoOpLogHandler() })
        try await pool.start()
        var answer = "?"
        switch what {
        case "threads": answer = try await threads(pool)
        case "own": answer = try await ownDescriptors(pool, connection)
        case "descriptors": answer = try await descriptors(pool, connection)
        default:
            #if os(Linux)
            answer = try await withoutThreads(pool, connection)
            #endif
        }
        await pool.shutdown(deadline: .seconds(5))
        return answer
    }

    /// All at once, so that the pool wants all of its connections.
    static func load(_ pool: ConnectionPool, _ count: Int) async -> (served: Int, errors: [any Error]) {
        await withTaskGroup(of: (any Error)?.self) { group in
            for _ in 0..<count {
                group.addTask {
                    do {
                        try await pool.execute("select pg_sleep(0.1)")
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: (0, [])) { result, error in
                if let error { result.1.append(error) } else { result.0 += 1 }
            }
        }
    }

    private static func descriptors(_ pool: ConnectionPool, _ connection: ConnectionConfiguration) async throws
        -> String
    {
        var held: [Int32] = []
        limitDescriptors(64)
        while held.count < 64 {
            let descriptor = dup(0)
            if descriptor < 0 { break }
            held.append(descriptor)
        }
        // The one connection that is there serves everybody.
        let (served, errors) = await load(pool, 20)
        guard served == 20, errors.isEmpty else { return "served \(served), \(errors)" }
        do {
            _ = try await Connection.connect(connection, logger: Logger(label: "resources"))
            return "connected without a descriptor"
        } catch let error as PostgresError where error.code == .connectFailed {
        } catch {
            return "\(error)"
        }
        for descriptor in held { close(descriptor) }
        let rest = await load(pool, 20)
        guard rest.served == 20 else { return "after it \(rest)" }
        let other = try await Connection.connect(connection, logger: Logger(label: "resources"))
        other.close()
        return "ok"
    }

    private static func limitDescriptors(_ count: Int) {
        var limit = rlimit()
        #if os(Linux)
        let resource = __rlimit_resource_t(7)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        getrlimit(resource, &limit)
        limit.rlim_cur = rlim_t(count)
        setrlimit(resource, &limit)
    }

    /// A pool that wants more connections than the process may have descriptors leaves the last ones to others.
    private static func ownDescriptors(_ pool: ConnectionPool, _ connection: ConnectionConfiguration) async throws
        -> String
    {
        // The lowest number that is free: so many are in use.
        let free = dup(0)
        close(free)
        limitDescriptors(Int(free) + 12)
        let spare = 8
        let (served, errors) = await load(pool, 60)
        guard served == 60, errors.isEmpty else { return "served \(served), \(errors)" }
        // One was there, and four of twelve can be had.
        guard pool.status.size <= 13 - spare else { return "\(pool.status)" }
        var others: [Connection] = []
        defer { for connection in others { connection.close() } }
        do {
            while others.count < 12 {
                others.append(try await Connection.connect(connection, logger: Logger(label: "resources")))
            }
            return "more connections than descriptors"
        } catch let error as PostgresError
            where error.code == .connectFailed && error.message.contains("left to others")
        {
            // Dispatch may have taken some for its timers by now, and one that the pool is trying may be in the way for a moment.
            for _ in 0..<100 {
                let copies = (0..<spare / 2).map { _ in dup(0) }
                for copy in copies where copy >= 0 { close(copy) }
                if copies.allSatisfy({ $0 >= 0 }) { return "ok" }
                try await Task.sleep(for: .milliseconds(5))
            }
            return "took the last ones"
        } catch {
            return "\(error)"
        }
    }

    /// Hundreds of connections that are closed at once.
    private static func closing(_ connection: ConnectionConfiguration) async throws -> String {
        var configuration = PoolConfiguration(minimumConnections: 300, maximumConnections: 300)
        configuration.maximumConcurrentConnects = 16
        let pool = ConnectionPool(
            configuration: configuration, connection: connection,
            logger: Logger(label: "resources") { _ in SwiftLogNoOpLogHandler() })
        try await pool.start()
        guard pool.status.idle == 300 else { return "\(pool.status)" }
        #if os(Linux)
        let before = try threadCount()
        let watch = Task.detached {
            var most = 0
            while !Task.isCancelled {
                most = max(most, try threadCount())
                usleep(200)
            }
            return most
        }
        await pool.shutdown(deadline: .seconds(10))
        try await Task.sleep(for: .milliseconds(200))
        watch.cancel()
        let more = try await watch.value - before
        guard more <= 40 else { return "\(more) threads more" }
        #else
        await pool.shutdown(deadline: .seconds(10))
        #endif
        return "ok"
    }

    #if os(Linux)
    private static func threadCount() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }
    #endif

    private static func threads(_ pool: ConnectionPool) async throws -> String {
        let (served, errors) = await load(pool, 60)
        guard served == 60 else { return "served \(served), \(errors)" }
        let tasks = (0..<60).map { _ in Task { try await pool.execute("select pg_sleep(30)") } }
        try await Task.sleep(for: .milliseconds(300))
        // Cancelled, closed and made anew at the same time.
        for task in tasks { task.cancel() }
        await pool.shutdown(deadline: .zero)
        for task in tasks { _ = await task.result }
        for label in ["cancel", "close"] {
            guard let usage = BlockingWork.usage[label], usage.mostRunning <= BlockingWork.most(label) else {
                return label
            }
        }
        #if os(Linux)
        let count = try threadCount()
        guard count < 100 else { return "\(count) threads" }
        #endif
        return "ok"
    }
}
