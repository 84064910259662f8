// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct CatalogTests {
    /// A catalog that has what the definitions say.
    private func catalog(of schema: Schema) -> Catalog {
        Catalog(
            schema.models.map { model in
                Catalog.Table(
                    schema: model.tableSchema, name: model.table,
                    columns: model.properties.map {
                        Catalog.Column($0.column, $0.columnType, isNullable: $0.isNullable)
                    },
                    primaryKey: model.primaryKey.map { model.properties[$0].column })
            })
    }

    @Test func realTypesReplaceAssumedOnes() throws {
        let shop = try Schema(definitions: [
            ModelDefinition("Order", properties: [.id(), .number("total")], scope: ["where": ["total": ["gt": 1.5]]])
        ])
        var tables = catalog(of: shop)
        tables.add(
            Catalog.Table(
                name: "order", columns: [.init("id", .int8, isNullable: false), .init("total", .numeric)],
                primaryKey: ["id"]))
        let schema = try shop.applying(tables)
        #expect(schema.model("Order")?.property("id")?.columnType == .int8)
        #expect(schema.model("Order")?.property("total")?.isTypeAssumed == false)
        guard
            case .comparison(_, _, let value) = try ScopedSchema(schema).scopes(of: schema.id(of: "Order")).byDefault?
                .condition
        else {
            Issue.record("no scope")
            return
        }
        #expect(value == BoundValue(.numeric, .numeric("1.5")))
        // What the column can't hold is a mistake now.
        #expect(throws: SchemaError.self) { try shop.applying(catalog(of: shop)) }
    }

    @Test func missingTablesAndColumnsAreNamed() throws {
        let shop = try Schema(definitions: [
            ModelDefinition("Order", properties: [.id(), .number("totl")]), ModelDefinition("Item"),
        ])
        let tables = Catalog([
            Catalog.Table(name: "order", columns: [.init("id", .int4), .init("total", .numeric)]),
            Catalog.Table(name: "items", columns: []),
        ])
        do throws(SchemaError) {
            _ = try shop.applying(tables)
            Issue.record("no error")
        } catch {
            #expect(error.problems.map(\.model) == ["Order", "Item"])
            #expect(error.problems[0].property == "totl")
            #expect(error.problems[0].message.contains("Is \"total\" meant?"))
            #expect(error.problems[1].message.contains("Is \"items\" meant?"))
        }
        let only = try Schema(definitions: [ModelDefinition("Item")])
        #expect(try only.applying(Catalog(), missingTables: .warning).warnings.count == 1)
    }

    @Test func theWrongDatabaseIsOneProblem() throws {
        let shop = try Schema(definitions: (1...9).map { ModelDefinition("Thing\($0)") })
        func problems(_ catalog: Catalog) throws -> [PlannerError] {
            let error = #expect(throws: SchemaError.self) { try shop.applying(catalog) }
            return error?.problems ?? []
        }
        var catalog = Catalog()
        let nothing = try problems(catalog)
        #expect(nothing.count == 1)
        #expect(
            nothing.first?.message.contains("the schema \"public\" of this database: thing1, thing2, thing3") == true)
        #expect(nothing.first?.message.contains("and 4 more") == true)
        // They are elsewhere.
        catalog.otherTables = (1...9).map { Catalog.TableName("shop", "thing\($0)") }
        #expect(try problems(catalog).first?.message.contains("The schema \"shop\" has such tables") == true)
        // One that is there makes it a list of those that are not, each with what was probably meant.
        catalog.add(Catalog.Table(name: "thing1", columns: [.init("id", .int4)]))
        catalog.otherTables = [Catalog.TableName("public", "thin5"), Catalog.TableName("attic", "thing7")]
        let some = try problems(catalog)
        #expect(some.map(\.model) == (2...9).map { "Thing\($0)" })
        #expect(some.first { $0.model == "Thing5" }?.message.contains("Is \"thin5\" meant?") == true)
    }

    @Test func modelsThatAreOnlyEmbeddedNeedNoTable() throws {
        let schema = try Conformance.schema.get()
        var tables = catalog(of: schema)
        for name in ["address", "billing"] { tables = Catalog(tables.tables.values.filter { $0.name != name }) }
        let checked = try schema.applying(tables)
        #expect(checked.model("Address")?.isPersisted == false)
    }

    @Test func theTableThatExistsNamesTheLinkModel() throws {
        let definitions = [
            ModelDefinition("A", relations: [.hasAndBelongsToMany("bs", "B")]),
            ModelDefinition("B", relations: [.hasAndBelongsToMany("as", "A")]),
        ]
        let schema = try Schema(definitions: definitions)
        #expect(schema.model("BA") != nil)
        var tables = catalog(of: schema)
        let columns = ["id", "aid", "bid"].map { Catalog.Column($0, .int4) }
        tables = Catalog(
            tables.tables.values.filter { $0.name != "ba" } + [Catalog.Table(name: "ab", columns: columns)])
        let checked = try schema.applying(tables)
        #expect(checked.model("BA") == nil)
        #expect(checked.model("AB")?.table == "ab")
    }

    @Test func indexes() {
        let table = Catalog.Table(
            name: "t", columns: [], primaryKey: ["a", "b"],
            indexes: [
                .init(name: "i", columns: [.init("c"), .init("d", isDescending: true)]),
                .init(name: "u", columns: [.init("e")], isUnique: true),
                .init(name: "p", columns: [.init("f")], isUnique: true, isPartial: true),
                .init(name: "x", columns: [.init("lower(g)", isExpression: true)], isUnique: true),
            ])
        let catalog = Catalog([table])
        func has(_ columns: String...) -> Bool { catalog.hasIndex(schema: "public", table: "t", leading: columns) }
        #expect(has("a"))
        #expect(has("b", "a"))
        #expect(!has("b"))
        #expect(has("c"))
        #expect(has("d", "c"))
        #expect(!has("f"))
        #expect(!has())
        func unique(_ columns: String...) -> Bool { catalog.isUnique(schema: "public", table: "t", columns: columns) }
        #expect(unique("a", "b", "z"))
        #expect(!unique("a"))
        #expect(unique("e"))
        #expect(!unique("f"))
        #expect(!unique("c", "d"))
        #expect(!catalog.isUnique(schema: "public", table: "nope", columns: ["a"]))
    }
}
