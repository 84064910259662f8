// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import BenchmarkFloor

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The statements of one workload in the form the C floor takes them.
///
/// It owns the memory of texts and values, which the floor reads as long as it is open.
final class FloorPlan {
    /// One statement.
    struct Level {
        var table: BenchmarkTable
        var link: BenchmarkTable.Link?
        /// Whether the rows stand in those of the level above, whose statement this one shares.
        var isJoined = false
        var text: String
        /// Where the result has the table's columns.
        var columns: [Int]
        /// Types and binary values in their order; nil is NULL.
        var parameters: [(type: UInt32, value: [UInt8]?)]
        /// The parameter that takes the keys of the level above, or the id of a point request.
        var keyParameter: Int?
    }

    let levels: [kinship_floor_level]
    private var memory: [UnsafeMutablePointer<CChar>] = []

    init(_ levels: [Level]) throws {
        guard levels.count <= KINSHIP_FLOOR_MAX_LEVELS,
            levels.allSatisfy({ $0.parameters.count <= KINSHIP_FLOOR_MAX_PARAMETERS })
        else { throw BenchmarkError("the plan has more levels or parameters than the floor has room for") }
        var memory: [UnsafeMutablePointer<CChar>] = []
        self.levels = levels.enumerated().map { index, level in
            var floor = kinship_floor_level()
            floor.table = level.table.floor
            floor.text = UnsafePointer(Self.copy(Array(level.text.utf8), &memory))
            if let link = level.link, index > 0 {
                floor.link =
                    level.isJoined
                    ? KINSHIP_FLOOR_JOINED : link.toMany ? KINSHIP_FLOOR_TO_MANY : KINSHIP_FLOOR_TO_ONE
                floor.relation = UnsafePointer(Self.copy(Array(link.relation.utf8), &memory))
                floor.parent_key = Self.position(link.parentColumn, levels[index - 1].table)
                floor.child_key = Self.position(link.childColumn, level.table)
            }
            Self.fill(&floor.columns, level.columns.map(Int32.init))
            floor.parameter_count = Int32(level.parameters.count)
            floor.key_parameter = level.keyParameter.map(Int32.init) ?? -1
            Self.fill(&floor.types, level.parameters.map(\.type))
            Self.fill(&floor.lengths, level.parameters.map { Int32($0.value?.count ?? 0) })
            Self.fill(
                &floor.values, level.parameters.map { $0.value.map { UnsafePointer(Self.copy($0, &memory)) } })
            return floor
        }
        self.memory = memory
    }

    deinit {
        for pointer in memory { pointer.deallocate() }
    }

    private static func position(_ column: String, _ table: BenchmarkTable) -> Int32 {
        Int32(table.columns.firstIndex(of: column) ?? 0)
    }

    /// A copy with a zero behind it.
    private static func copy(
        _ bytes: [UInt8], _ memory: inout [UnsafeMutablePointer<CChar>]
    ) -> UnsafeMutablePointer<CChar> {
        let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
        for (index, byte) in bytes.enumerated() { pointer[index] = CChar(bitPattern: byte) }
        pointer[bytes.count] = 0
        memory.append(pointer)
        return pointer
    }

    /// Fills a C array, which Swift sees as a tuple of equal elements.
    private static func fill<Tuple, Element>(_ tuple: inout Tuple, _ values: [Element]) {
        withUnsafeMutableBytes(of: &tuple) { bytes in
            let elements = bytes.bindMemory(to: Element.self)
            for (index, value) in values.prefix(elements.count).enumerated() { elements[index] = value }
        }
    }
}
