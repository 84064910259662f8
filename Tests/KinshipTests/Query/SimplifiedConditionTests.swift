// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport
import Testing

/// Properties called like the words of conditions.
private struct Odd: TypedModel {
    var id: Int
    var lt: Int
    var gt: Int
    var eq: Int
    static let definition = TypedDefinition<Odd>("Odd") {
        $0.id("id", \.id)
        $0.property("lt", \.lt)
        $0.property("gt", \.gt)
        $0.property("eq", \.eq)
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        lt = try row("lt")
        gt = try row("gt")
        eq = try row("eq")
    }
}

/// However conditions are joined, they mean what was written.
@Suite struct SimplifiedConditionTests {
    private static let opened = Task {
        let test = try await TestDatabase.named("simplified_conditions")
        _ = try await test.run(
            """
            CREATE TABLE odd (id bigint PRIMARY KEY, lt bigint, gt bigint, eq bigint);
            INSERT INTO odd SELECT 9 * l + 3 * g + e, l, g, e
            FROM generate_series(0, 2) l, generate_series(0, 2) g, generate_series(0, 2) e;
            """)
        return try await Database.open(
            schema: try Schema(models: [Odd.self]), connection: ConnectionConfiguration(url: test.url))
    }

    private typealias Condition = (expression: FilterExpression, holds: @Sendable (Odd) -> Bool)

    private func condition(_ depth: Int, _ random: inout SeededRandom) -> Condition {
        let fields = TypedFilter<Odd>()
        func expression(_ make: (Fields<Odd>) -> FilterExpression) -> FilterExpression {
            var made: FilterExpression?
            _ = fields.where {
                let expression = make($0)
                made = expression
                return expression
            }
            return made ?? [:]
        }
        let number = Int.random(in: 0...2, using: &random)
        switch depth == 0 ? Int.random(in: 0...5, using: &random) : Int.random(in: 0...8, using: &random) {
        case 0: return (expression { $0.lt == number }, { $0.lt == number })
        case 1: return (expression { $0.gt != number }, { $0.gt != number })
        case 2: return (expression { $0.eq < number }, { $0.eq < number })
        case 3: return (expression { $0.lt >= number }, { $0.lt >= number })
        case 4: return (expression { $0.gt > number }, { $0.gt > number })
        case 5: return (expression { $0.eq == number }, { $0.eq == number })
        case 6:
            let (one, other) = (condition(depth - 1, &random), condition(depth - 1, &random))
            return (one.expression && other.expression, { one.holds($0) && other.holds($0) })
        case 7:
            let (one, other) = (condition(depth - 1, &random), condition(depth - 1, &random))
            return (one.expression || other.expression, { one.holds($0) || other.holds($0) })
        default:
            let one = condition(depth - 1, &random)
            return (!one.expression, { !one.holds($0) })
        }
    }

    @Test func `Random conditions on properties that are called like comparisons`() async throws {
        let database = try await Self.opened.value
        let all = try await database.query(Odd.self).all()
        #expect(all.count == 27)
        let neither = try await database.query(Odd.self).where { !($0.lt == 1) && !($0.gt == 2) }.all()
        #expect(neither.map(\.id) == all.filter { $0.lt != 1 && $0.gt != 2 }.map(\.id))
        var random = SeededRandom(17)
        for _ in 0..<150 {
            let (one, other) = (condition(3, &random), condition(2, &random))
            let found = try await database.query(Odd.self).where { _ in one.expression }.where { _ in other.expression }
                .all().map(\.id)
            #expect(found == all.filter { one.holds($0) && other.holds($0) }.map(\.id))
        }
    }
}
