// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import BenchmarkFloor

/// The C floor of workload w. Its calls block their thread, as a C program's do.
final class WriteFloor {
    private let writes: OpaquePointer

    init(keywords: [(key: String, value: String)], connections: Int) throws {
        var opened: OpaquePointer?
        try Floor.withKeywords(keywords) { keys, values in
            try Floor.reporting { error, size in
                opened = kinship_floor_writes_open(keys, values, Int32(connections), error, size)
                return opened != nil
            }
        }
        guard let opened else { throw BenchmarkError("the C floor can't be opened") }
        writes = opened
    }

    deinit { kinship_floor_writes_close(writes) }

    func singles(_ first: Int, _ count: Int) throws {
        try Floor.reporting { kinship_floor_writes_singles(writes, Int32(first), Int32(count), $0, $1) == 0 }
    }

    func many(_ first: Int, _ count: Int) throws {
        try Floor.reporting { kinship_floor_writes_many(writes, Int32(first), Int32(count), $0, $1) == 0 }
    }

    func graph(_ customer: Int, orders: Int, items: Int) throws {
        try Floor.reporting {
            kinship_floor_writes_graph(writes, Int32(customer), Int32(orders), Int32(items), $0, $1) == 0
        }
    }

    func copy(_ lines: [UInt8]) throws {
        try lines.withUnsafeBytes { bytes in
            try Floor.reporting {
                kinship_floor_writes_copy(
                    writes, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, $0, $1) == 0
            }
        }
    }
}
