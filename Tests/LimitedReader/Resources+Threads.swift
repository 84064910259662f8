// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if os(Linux)
import Dispatch
import Foundation
import Libpq
import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Resources {
    /// Becomes the user whom the server's socket belongs to, or nobody: for root there is no limit of threads.
    static func becomeOrdinary(_ url: String) throws {
        guard getuid() == 0 else { return }
        let folder = URLComponents(string: url)?.queryItems?.first { $0.name == "host" }?.value
        let attributes = try folder.map { try FileManager.default.attributesOfItem(atPath: $0) }
        let user = (attributes?[.ownerAccountID] as? NSNumber)?.uint32Value ?? 65_534
        let group = (attributes?[.groupOwnerAccountID] as? NSNumber)?.uint32Value ?? 65_534
        guard setgid(group) == 0, setuid(user) == 0 else { throw POSIXError(.EPERM) }
    }

    /// - Parameter count: how many threads and processes the user may have; nil as many as the system allows.
    private static func limitThreads(_ count: Int?) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(6), &limit)
        limit.rlim_cur = count.map { rlim_t($0) } ?? limit.rlim_max
        setrlimit(__rlimit_resource_t(6), &limit)
    }

    /// What needs a thread is an error or waits, what needs none goes on, and all of it is well when there are threads again.
    ///
    /// - Returns: `ok`; `ok delayed` when Dispatch wanted a thread, for which it makes everybody wait.
    static func withoutThreads(_ pool: ConnectionPool, _ connection: ConnectionConfiguration) async throws -> String {
        let first = await load(pool, 20)
        guard first.served == 20 else { return "before it \(first)" }
        // As in a process that is busy: Dispatch has threads for tasks and timers, and keeps them for some seconds.
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                DispatchQueue(label: "resources.\(number)").async { usleep(30_000) }
                for priority in [TaskPriority.high, .medium, .low] {
                    group.addTask(priority: priority) { usleep(10_000) }
                }
            }
        }
        let isLifted = Locked(false)
        Thread.detachNewThread {
            usleep(4_000_000)
            isLifted.withLock { $0 = true }
            limitThreads(nil)
        }
        limitThreads(1)
        var errors: [String] = []
        var named = connection
        named.hosts = [Host("localhost", port: 1)]
        for configuration in [connection, named] {
            do {
                try await Connection.connect(configuration, logger: Logger(label: "resources")).close()
                errors.append("connected without a thread")
            } catch let error as PostgresError where error.code == .connectFailed && error.message.contains("no thread")
            {
            } catch {
                errors.append("\(error)")
            }
        }
        let (served, refused) = await load(pool, 20)
        if served != 20 { errors.append("\(refused)") }
        // Neither the request to cancel nor the end of the connection has a thread.
        let endless = Task { try await pool.execute("select pg_sleep(30)") }
        try await Task.sleep(for: .milliseconds(100))
        endless.cancel()
        let result = await endless.result
        if (try? result.get()) != nil { errors.append("a statement wasn't cancelled") }
        let isDelayed = isLifted.withLock { $0 }
        limitThreads(nil)
        let rest = await load(pool, 20)
        guard rest.served == 20 else { return "after it \(rest)" }
        try await Connection.connect(connection, logger: Logger(label: "resources")).close()
        for _ in 0..<500 where BlockingWork.usage.values.contains(where: { $0.running + $0.waiting > 0 }) {
            try await Task.sleep(for: .milliseconds(10))
        }
        guard BlockingWork.usage.values.allSatisfy({ $0.running + $0.waiting == 0 }) else {
            return "\(BlockingWork.usage)"
        }
        if isDelayed { return "ok delayed" }
        return errors.isEmpty ? "ok" : "\(errors)"
    }
}
#endif
