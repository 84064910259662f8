// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if os(Linux)
import CLibpq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A thread that waits for sockets with epoll and runs tasks that prefer it.
///
/// A request's continuation is resumed from here, so an answer costs one hand-over between threads; none when the task
/// prefers this loop as its executor. The thread lives as long as the process.
package final class EpollLoop: ReadinessSource, TaskExecutor {
    private struct Table {
        var handlers: [Int: WeakHandler] = [:]
        var nextToken = 1
    }

    private struct WeakHandler {
        weak var handler: (any ReadinessHandler)?
    }

    private struct Inbox {
        var jobs: [UnownedJob] = []
        /// Whether the loop is awake, or has been woken, and will look at the jobs without being told.
        var isAwake = false
    }

    private let epoll: Int32
    private let wakeUp: Int32
    private let table = Locked(Table())
    private let inbox = Locked(Inbox())

    /// Starts a loop; nil when the system has no descriptor or thread left.
    package init?() {
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { return nil }
        let wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeUp >= 0 else {
            close(epoll)
            return nil
        }
        self.epoll = epoll
        self.wakeUp = wakeUp
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = 0
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, wakeUp, &event) == 0, start() else { return nil }
    }

    deinit {
        close(epoll)
        close(wakeUp)
    }

    private func start() -> Bool {
        var thread = pthread_t()
        let loop = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                kinship_name_thread("kinship-loop")
                Unmanaged<EpollLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, loop.toOpaque())
        guard status == 0 else {
            loop.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    // MARK: Sockets

    package func register(_ descriptor: Int32, _ handler: any ReadinessHandler) -> Int? {
        let token = table.withLock { table in
            let token = table.nextToken
            table.nextToken += 1
            table.handlers[token] = WeakHandler(handler: handler)
            return token
        }
        guard control(EPOLL_CTL_ADD, token, descriptor, EPOLLIN.rawValue | EPOLLRDHUP.rawValue) else {
            _ = table.withLock { $0.handlers.removeValue(forKey: token) }
            return nil
        }
        return token
    }

    package func watch(_ token: Int, _ descriptor: Int32, reading: Bool, writing: Bool) {
        let events = (reading ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0) | (writing ? EPOLLOUT.rawValue : 0)
        _ = control(EPOLL_CTL_MOD, token, descriptor, events)
    }

    package func unregister(_ token: Int, _ descriptor: Int32?) {
        _ = table.withLock { $0.handlers.removeValue(forKey: token) }
        // A closed descriptor has left the epoll set by itself.
        if let descriptor { _ = control(EPOLL_CTL_DEL, token, descriptor, 0) }
    }

    private func control(_ operation: Int32, _ token: Int, _ descriptor: Int32, _ events: UInt32) -> Bool {
        var event = epoll_event()
        event.events = events
        event.data.u64 = UInt64(token)
        return epoll_ctl(epoll, operation, descriptor, &event) == 0
    }

    // MARK: The loop

    private func run() {
        let capacity = 64
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        defer { events.deallocate() }
        let executor = asUnownedTaskExecutor()
        var jobs: [UnownedJob] = []
        while true {
            let hasJobs = inbox.withLock { inbox in
                inbox.isAwake = !inbox.jobs.isEmpty
                return inbox.isAwake
            }
            let count = epoll_wait(epoll, events, Int32(capacity), hasJobs ? 0 : -1)
            inbox.withLock { $0.isAwake = true }
            for index in 0..<max(0, Int(count)) {
                let token = Int(events[index].data.u64)
                if token == 0 {
                    drainWakeUp()
                } else if let handler = table.withLock({ $0.handlers[token]?.handler }) {
                    handler.socketReady()
                }
            }
            inbox.withLock { swap(&$0.jobs, &jobs) }
            for job in jobs { job.runSynchronously(on: executor) }
            jobs.removeAll(keepingCapacity: true)
        }
    }

    private func drainWakeUp() {
        var count: UInt64 = 0
        _ = read(wakeUp, &count, 8)
    }

    // MARK: Tasks

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustWake = inbox.withLock { inbox in
            inbox.jobs.append(job)
            defer { inbox.isAwake = true }
            return !inbox.isAwake
        }
        if mustWake {
            var one: UInt64 = 1
            _ = write(wakeUp, &one, 8)
        }
    }
}
#endif
