// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import Logging

/// A log a test can read: each line as `level message key=value …`.
public final class RecordingLog: Sendable {
    private let recorded = Locked<[String]>([])

    /// An empty log.
    public init() {}

    /// What was logged.
    public var lines: [String] { recorded.withLock { $0 } }

    /// A logger that takes everything.
    public var logger: Logger { logger(.trace) }

    /// A logger that takes what is at a level or above.
    public func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "recording") { _ in Handler(log: self) }
        logger.logLevel = level
        return logger
    }

    private struct Handler: LogHandler {
        let log: RecordingLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let pairs = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            log.recorded.withLock {
                $0.append(([event.level.rawValue, "\(event.message)"] + pairs).joined(separator: " "))
            }
        }
    }
}
