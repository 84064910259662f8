// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import TestSupport
import Testing

/// Models at random: a state doesn't differ from itself, and a plan leads where it should.
@Suite struct RandomMigrationTests {
    @Test func aStateDoesNotDifferFromItself() throws {
        for seed in 0..<400 as Range<UInt64> {
            let desired = try RandomModels(seed).desired()
            let plan = MigrationPlan(from: desired.catalog, to: desired, known: desired.catalog)
            #expect(plan.steps.isEmpty && plan.problems.isEmpty && plan.unmanaged.isEmpty, "\(seed): \(plan.lines)")
        }
    }

    @Test func whatIsAppliedIsWhatWasWanted() throws {
        var planned = 0
        for seed in 0..<400 as Range<UInt64> {
            let old = try RandomModels(seed).desired()
            let new = try RandomModels(seed + 1000).desired()
            let empty = Dictionary(
                uniqueKeysWithValues: old.catalog.tables.keys.map {
                    ($0, MigrationPlan.TableFacts(rows: 0, isEmpty: true))
                })
            let plan = MigrationPlan(from: old.catalog, to: new, known: old.catalog, facts: empty)
            guard plan.problems.isEmpty else { continue }
            planned += 1
            let made = old.catalog.applying(plan)
            let rest = MigrationPlan(from: made, to: new, known: new.catalog)
            #expect(rest.steps.isEmpty && rest.problems.isEmpty, "\(seed): \(rest.lines) \(rest.problems)")
            let fresh = MigrationPlan(from: TableCatalog(), to: new)
            #expect(CatalogShape(TableCatalog().applying(fresh)) == CatalogShape(new.catalog), "\(seed)")
        }
        #expect(planned > 100)
    }

    @Test func catalogsAreWrittenAndRead() throws {
        for seed in 0..<100 as Range<UInt64> {
            let catalog = try RandomModels(seed).desired().catalog
            #expect(TableCatalog(try JSONValue(parsing: Array(catalog.json.description.utf8))) == catalog, "\(seed)")
        }
        for example in MigrationCase.all { #expect(TableCatalog(example.left.json) == example.left, "\(example)") }
    }

    @Test func nothingIsLostUnlessItIsNamed() throws {
        for seed in 0..<400 as Range<UInt64> {
            let old = try RandomModels(seed).desired()
            let new = try RandomModels(seed + 1000).desired()
            let plan = MigrationPlan(from: old.catalog, to: new, known: old.catalog)
            let named = Set(plan.problems.map(\.subject))
            for step in plan.steps {
                switch step.change {
                case .dropTable, .dropColumn:
                    let loss = try #require(step.loss, "\(seed)")
                    #expect(named.contains(loss), "\(seed): \(loss)")
                default: #expect(step.loss == nil)
                }
            }
            // Without a known state nothing is taken away at all.
            let careful = MigrationPlan(from: old.catalog, to: new)
            #expect(!careful.steps.contains { $0.change.title.hasPrefix("drop") && $0.change.title != "drop not null" })
        }
    }
}

/// Some models that refer to each other.
struct RandomModels {
    private var random: SeededRandom

    init(_ seed: UInt64) { random = SeededRandom(seed) }

    func desired() throws -> DesiredTables {
        var copy = self
        return try DesiredTables(for: Schema(uncheckedScopes: copy.models()))
    }

    private mutating func models() -> [ModelDefinition] {
        let names = Array(["Person", "Order", "Item", "Tag \"x\"", "Größe"].prefix(random.number(1...5)))
        return names.map { name in
            var model = ModelDefinition(name, properties: [.id()])
            if random.once(in: 6) { model.properties = [PropertyDefinition("id", .string, keyPosition: 1)] }
            for index in 0..<random.number(0...4) {
                var property = random.pick(
                    [
                        PropertyDefinition("p\(index)", .string), PropertyDefinition("p\(index)", .string, length: 20),
                        .number("p\(index)"), .number("p\(index)", dataType: "numeric(10,2)"), .date("p\(index)"),
                        .boolean("p\(index)", column: "Flag \(index)"), PropertyDefinition("p\(index)", .object),
                    ], .string("p\(index)"))
                property.isIndexed = random.once(in: 4) && property.kind != .object
                property.isUnique = random.once(in: 5) && property.kind != .object
                property.isRequired = random.once(in: 4)
                if property.kind == .number, random.once(in: 2) { property.defaultValue = .number("7") }
                if property.kind == .string, random.once(in: 2) { property.defaultValue = .string("it's \\ ok") }
                model.properties.append(property)
            }
            for index in 0..<random.number(0...2) {
                let target = random.pick(names)
                switch random.number(0...2) {
                case 0: model.relations.append(.belongsTo("r\(index)", target, foreignKey: "owner\(index)"))
                case 1: model.relations.append(.hasMany("r\(index)", target, foreignKey: "owner\(index)"))
                default: model.relations.append(.hasOne("r\(index)", target, foreignKey: "one\(index)"))
                }
            }
            return model
        }
    }
}
