// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// Gives a source's data to the connection, in pieces of a good size.
struct CopySupply {
    /// How many bytes are gathered before they are given to libpq, which makes a message of them.
    static let capacity = 64 << 10

    private let connection: Connection
    private let request: Request
    private let maximumBytes: Int?
    private var gathered: [UInt8] = []
    private var chunks = 0
    /// What was given to the connection.
    private(set) var progress = CopyProgress()

    init(_ connection: Connection, _ request: Request, maximumBytes: Int?) {
        self.connection = connection
        self.request = request
        self.maximumBytes = maximumBytes
    }

    /// Takes a chunk, and gives away what makes up a piece.
    ///
    /// - Returns: false when the COPY is over.
    mutating func add(_ chunk: some Sequence<UInt8>, _ told: ((CopyProgress) -> Void)?) async throws -> Bool {
        gathered.append(contentsOf: chunk)
        if let maximumBytes, progress.bytes + gathered.count > maximumBytes {
            throw PostgresError(
                .invalidParameter,
                "The data of the COPY has more than the \(maximumBytes) bytes allowed, so nothing was stored; send less, or "
                    + "raise maximumBytes.", sql: request.sql)
        }
        chunks &+= 1
        // A source of nothing but empty chunks, too, lets others have their turn.
        if chunks & 0x3FF == 0 { await Task.yield() }
        guard gathered.count >= Self.capacity else { return !connection.isOver(request) }
        return await give(told)
    }

    /// Gives the rest, and says that this is all.
    mutating func finish(_ told: ((CopyProgress) -> Void)?) async {
        guard await give(told) else { return }
        await end(nil)
    }

    /// Has the server drop everything.
    func finish(failure: String) async { await end(failure) }

    private mutating func give(_ told: ((CopyProgress) -> Void)?) async -> Bool {
        var start = 0
        while start < gathered.count {
            let end = min(start + Self.capacity, gathered.count)
            guard await give(start..<end) else { return false }
            progress.bytes += end - start
            gathered.withUnsafeBufferPointer { bytes in
                for index in start..<end where bytes[index] == UInt8(ascii: "\n") { progress.rows += 1 }
            }
            start = end
            told?(progress)
            // A server that takes all at once never has anybody wait, and whoever is to cancel this needs a thread as well.
            await Task.yield()
        }
        gathered.removeAll(keepingCapacity: true)
        return true
    }

    private func give(_ range: Range<Int>) async -> Bool {
        while true {
            let given = connection.give(request) { link in
                gathered[range].withUnsafeBytes { bytes in
                    PQputCopyData(
                        link.pointer, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count)) == 1
                }
            }
            switch given {
            case .taken: return true
            case .over: return false
            case .mustWait: await connection.wait(for: request)
            }
        }
    }

    private func end(_ failure: String?) async {
        while case .mustWait = connection.endGiving(request, failure: failure) {
            await connection.wait(for: request)
        }
    }
}
