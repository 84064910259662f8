// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq
import Logging
import MessageText
import Synchronization

/// The notices of one connection on their way from libpq, which reports them in the middle of its calls, to the log.
///
/// libpq is given a number instead of a pointer: results keep the receiver of their connection and may outlive it.
final class Notices: Sendable {
    /// How many notices are kept until the log gets them; what comes beyond is counted.
    static let capacity = 100

    private struct Contents {
        var waiting: [PostgresError.ServerFields] = []
        var dropped = 0
        var fatal: PostgresError.ServerFields?
        var stray: String?
        /// The channel of the first notification that nobody took.
        var unheard: String?
    }

    private struct Entry {
        weak var notices: Notices?
    }

    private static let all = Locked<[Int: Entry]>([:])

    private let id: Int
    private let contents = Locked(Contents())
    private let isEmpty = Atomic<Bool>(true)
    private let hasStray = Atomic<Bool>(false)
    private let count = Atomic<Int>(0)
    private let hasUnheard = Atomic<Bool>(false)
    private let largestSize = Atomic<Int>(0)

    init(id: Int) {
        self.id = id
        Self.all.withLock { $0[id] = Entry(notices: self) }
    }

    deinit {
        _ = Self.all.withLock { $0.removeValue(forKey: id) }
    }

    /// Has libpq report here instead of to the standard error stream.
    func receive(from link: Link) {
        PQsetNoticeReceiver(
            link.pointer,
            { number, result in
                guard let result, let notices = Notices.all.withLock({ $0[Int(bitPattern: number)]?.notices }) else {
                    return
                }
                let fields = PostgresError.ServerFields(result)
                if let fields { notices.take(fields) }
                // libpq's own words, or an error outside of any request: something came that nobody had asked for.
                if fields == nil || fields?.severity == "ERROR" {
                    notices.takeStray(fields?.message ?? String(cString: PQresultErrorMessage(result)))
                }
            }, UnsafeMutableRawPointer(bitPattern: id))
    }

    /// How many have come.
    var arrived: Int { count.load(ordering: .relaxed) }

    /// A notification has come for which nobody asked through the library: said once, for whoever wonders where it went.
    func noteUnheard(_ channel: String) {
        guard !hasUnheard.exchange(true, ordering: .relaxed) else { return }
        contents.withLock { $0.unheard = channel }
        isEmpty.store(false, ordering: .releasing)
    }

    /// How many bytes the largest notice had.
    var largest: Int { largestSize.load(ordering: .relaxed) }

    private func take(_ fields: PostgresError.ServerFields) {
        count.wrappingAdd(1, ordering: .relaxed)
        _ = largestSize.max(fields.size, ordering: .relaxed)
        contents.withLock { contents in
            if fields.isFatal { contents.fatal = fields }
            if contents.waiting.count < Self.capacity {
                contents.waiting.append(fields)
            } else {
                contents.dropped += 1
            }
        }
        isEmpty.store(false, ordering: .releasing)
    }

    private func takeStray(_ message: String) {
        contents.withLock { $0.stray = message.split(whereSeparator: \.isNewline).joined(separator: " ") }
        hasStray.store(true, ordering: .releasing)
    }

    /// What has come that nobody had asked for, once.
    func takeStray() -> String? {
        guard hasStray.load(ordering: .acquiring) else { return nil }
        hasStray.store(false, ordering: .releasing)
        return contents.withLock { $0.stray.take() }
    }

    /// The server's reason for ending the session, when it gave one between requests.
    var fatal: PostgresError.ServerFields? { contents.withLock { $0.fatal } }

    /// Writes what has come to the log. Not to be called under the connection's lock.
    func log(to logger: Logger) {
        guard !isEmpty.load(ordering: .acquiring) else { return }
        let (waiting, dropped, unheard) = contents.withLock { contents in
            defer {
                contents.waiting.removeAll()
                contents.dropped = 0
                contents.unheard = nil
            }
            isEmpty.store(true, ordering: .releasing)
            return (contents.waiting, contents.dropped, contents.unheard)
        }
        if let unheard {
            logger.debug(
                "Notifications come on a connection on which nobody takes them, and are dropped: listen with a NotificationListener.",
                metadata: ["channel": "\(MessageText.name(unheard))", "connection": "\(id)"])
        }
        for notice in waiting {
            logger.log(
                level: level(notice), "\(MessageText.message(notice.message))",
                metadata: [
                    "severity": "\(MessageText.name(notice.severity))",
                    "sqlstate": "\(MessageText.name(notice.sqlState))", "connection": "\(id)",
                ])
        }
        if dropped > 0 {
            logger.warning("\(dropped) more notices of the server were dropped", metadata: ["connection": "\(id)"])
        }
    }

    private func level(_ notice: PostgresError.ServerFields) -> Logger.Level {
        switch notice.severity {
        case "DEBUG": .debug
        case "LOG", "INFO", "NOTICE": .info
        case "WARNING", "FATAL", "PANIC": .warning
        default: .error
        }
    }
}
