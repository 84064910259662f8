// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// The exchange of `COPY … TO STDOUT`: whole rows are kept until they are taken, and the socket is left alone when they are enough.
///
/// `@unchecked Sendable`: what is mutable is touched under the lock of the connection only, until the request is finished.
final class CopyOutExchange: Exchange, @unchecked Sendable {
    /// How many bytes are kept, and one row more.
    static let capacity = 64 << 10
    /// How many bytes may be read and dropped to keep a connection; to make another one takes about as long.
    private static let mostDropped = 8 << 20

    let statement: Statement
    var rows: Int?
    var isGiving: Bool { false }
    private let limits: ResultLimits
    /// What has come and was not taken.
    private var pending: [UInt8] = []
    private var arrived = CopyProgress()
    private var isDropping = false
    private var isBounded = true
    private var dropped = 0
    /// The bytes of the largest row: libpq's buffer has grown to hold it.
    private(set) var largestRow = 0

    init(_ statement: Statement, limits: ResultLimits) {
        self.statement = statement
        self.limits = limits
    }

    /// Takes what has come, nil when there is nothing; and how far that is.
    func takePending() -> (bytes: [UInt8], progress: CopyProgress)? {
        guard !pending.isEmpty else { return nil }
        defer { pending = [] }
        return (pending, arrived)
    }

    func accepts(_ status: ExecStatusType) -> Bool { status == PGRES_COPY_OUT }

    func move(_ link: Link) -> ExchangeMovement {
        while isDropping || !isBounded || pending.count < Self.capacity {
            var row: UnsafeMutablePointer<CChar>?
            let count = Int(PQgetCopyData(link.pointer, &row, 1))
            defer { if let row { PQfreemem(row) } }
            switch count {
            case 0: return .server
            case -1: return .results
            case ..<0: return .failed
            default:
                largestRow = max(largestRow, count)
                if isDropping {
                    dropped += count
                    if dropped > Self.mostDropped { return .worthless }
                } else if let refusal = refusal(adding: count) {
                    return .tooMuch(refusal)
                } else {
                    pending.append(contentsOf: UnsafeRawBufferPointer(start: row, count: count))
                }
            }
        }
        return .user
    }

    private func refusal(adding count: Int) -> PostgresError? {
        var next = arrived
        next.bytes += count
        next.rows += 1
        if let kind = limits.exceeded(rows: next.rows, bytes: next.bytes) {
            return limits.refusal(kind, sql: statement.text, statementIndex: nil)
        }
        arrived = next
        return nil
    }

    func stop(_ link: Link) -> ExchangeMovement {
        isDropping = true
        pending = []
        return .server
    }

    func takeAll() { isBounded = false }

    func isReady(isRoom: Bool) -> Bool { !pending.isEmpty }
}
