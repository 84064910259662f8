// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema
import Testing

/// The table of what types can do, read as those read it who ask.
@Suite struct TypeAbilityTests {
    /// What can be done with a type, in the order of the table: `=`, `<` and the like, order, sums, extremes, `contains`, paths,
    /// distance, lists as arrays.
    private func abilities(_ type: ColumnType) -> String {
        let signs: [(Character, Bool)] = [
            ("=", type.hasEquality), ("<", type.hasRanges), ("o", type.isOrdered), ("s", type.supports(.sum)),
            ("m", type.supports(.max)), ("c", type.operation(.contains) != nil), ("p", type.hasPaths),
            ("d", type.hasDistance), ("a", type.hasArrays),
        ]
        return String(signs.map { $0.1 ? $0.0 : "-" })
    }

    @Test(arguments: [
        (ColumnType.bool, "=<o-----a"), (.int2, "=<osm---a"), (.int4, "=<osm---a"), (.int8, "=<osm---a"),
        (.float4, "=<osm---a"), (.float8, "=<osm---a"), (.numeric, "=<osm---a"), (.text, "=<o-m---a"),
        (.bytea, "=<o-----a"), (.uuid, "=<o-----a"), (.date, "=<o-m---a"), (.timestamptz, "=<o-m---a"),
        (.interval, "=<osm---a"), (.json, "-----cp-a"), (.jsonb, "=-o--cp-a"), (.point, "-------d-"),
        (ColumnType.int4.array, "=<o-mc---"), (ColumnType.jsonb.array, "=<o-mc---"),
        (ColumnType.json.array, "-----c---"),
        (ColumnType.point.array, "-----c---"), (ColumnType(named: "inet"), "=<o-mc--a"),
        (ColumnType(named: "int4range"), "=<o--c--a"), (ColumnType(named: "xml"), "--------a"),
        // What no catalog has said anything of is taken to be like most types.
        (ColumnType(named: "mood"), "=<o-----a"),
    ]) func `Each type can do what its row says`(type: ColumnType, row: String) {
        #expect(abilities(type) == row, "\(type.name)")
    }

    @Test func `How values are found equal is in the table too`() {
        #expect(ColumnType.point.equality == .same)
        #expect(ColumnType.json.equality == .document)
        #expect(ColumnType.jsonb.equality == .standard)
        #expect(ColumnType(named: "xml").equality == .text)
        #expect(ColumnType(named: "circle").equality == .same)
    }
}
