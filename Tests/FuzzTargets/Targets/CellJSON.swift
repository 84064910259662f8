// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

extension FuzzTarget {
    /// The writer of cells as JSON: a byte for the type, then the binary cell.
    package static let cellJSON = FuzzTarget(
        name: "cell-json",
        seeds: CellSeeds.all.filter { $0[0] < 0x80 }.flatMap { seed in
            types.indices.map { [UInt8($0)] + seed.dropFirst() }
        }
            + odd,
        words: ["NULL", "{\"a\":1}", "[1]", "\u{1}"]
    ) { bytes in
        guard let first = bytes.first else { return false }
        let type = types[Int(first) % types.count]
        let cell = Array(bytes.dropFirst())
        // A server has looked at JSON and, but for odd encodings, at texts: what they hold is passed on as it is.
        switch type.category {
        case .json: guard (try? JSONValue(parsing: cell)) != nil else { return false }
        case .jsonb: guard (try? JSONValue(parsing: Array(cell.dropFirst()))) != nil else { return false }
        case .text: guard String(validating: cell, as: UTF8.self) != nil else { return false }
        default: break
        }
        for kind in [nil, .string, .any] as [Property.Kind?] {
            guard let text = cell.withUnsafeBytes({ CellJSON.text($0, type, as: kind) }) else { continue }
            do {
                _ = try JSONValue(parsing: text, maximumDepth: 600)
            } catch {
                throw Finding("\(type) writes no JSON, \(error): \(String(decoding: text.prefix(500), as: UTF8.self))")
            }
        }
        return cell.withUnsafeBytes { CellJSON.text($0, type) } != nil
    }

    /// Numbers that begin with groups of zeros: none at all, one of its own, one ahead of a fraction.
    private static let odd: [[UInt8]] = [
        [6, 0, 0, 0, 91, 0, 0, 0, 0], [6, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7],
        [6, 0, 2, 0, 1, 0x40, 0, 0, 2, 0, 0, 0, 7],
    ]

    private static let types: [ColumnType] = [
        .bool, .int2, .int4, .int8, .float4, .float8, .numeric, .text, .bytea, .uuid, .date, .time, .timetz,
        .timestamp, .timestamptz, .interval, .json, .jsonb, .point, ColumnType.int4.array, ColumnType.numeric.array,
        ColumnType.bool.array, ColumnType.timestamptz.array,
    ]
}
