// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads some properties of a graph's root records, one after the other.
struct TupleReader {
    private var reader: RecordReader
    private let names: [String]
    private var position = 0

    init(_ graph: Graph, _ model: String, _ names: [String]) {
        reader = GraphDecoding(graph).reader(of: GraphDecoding.root, model)
        self.names = names
    }

    mutating func begin(_ row: Int) throws {
        try reader.begin(row)
        position = 0
    }

    mutating func next<Value: PropertyValue>(as type: Value.Type) throws -> Value {
        defer { position += 1 }
        return try reader.value(names[position], at: position)
    }
}
