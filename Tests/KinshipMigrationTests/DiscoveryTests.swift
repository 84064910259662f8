// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipMigrator
import Libpq
import Logging
import TestSupport
import Testing

/// Models that databases suggest: the three of the conformance cases, whose README says what counts.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DiscoveryTests {
    private func loaded(_ name: String) async throws -> (migrator: Migrator, database: TestDatabase) {
        let database = try await TestDatabase.named("discovery")
        let sql = try String(
            contentsOfFile: Repository.path("Tests/Fixtures/conformance/migration/discover-\(name).sql"),
            encoding: .utf8)
        try await database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        try await database.run(sql)
        return (try migrator(of: database), database)
    }

    private func migrator(of database: TestDatabase) throws -> Migrator {
        Migrator(try ConnectionConfiguration(url: database.url), logger: Logger(label: "discovery"))
    }

    private func expected(_ name: String) throws -> JSONValue {
        let path = Repository.path("Tests/Fixtures/conformance/migration/discover-\(name).json")
        return try JSONValue(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    private func schema(_ found: DiscoveredModels) throws -> Schema {
        try Schema(uncheckedScopes: found.models.map { try ModelDefinition($0.json) })
    }

    /// What a relation is, its name aside.
    private func shape(_ relation: JSONValue) -> [String: JSONValue] {
        let keys = [
            "type", "model", "foreignKey", "primaryKey", "through", "keyThrough", "polymorphic", "notValidated",
        ]
        return Dictionary(uniqueKeysWithValues: keys.compactMap { key in relation[key].map { (key, $0) } })
    }

    @Test(arguments: ["shop", "school", "tracker"])
    func modelsAreFoundWithTheirRelations(_ name: String) async throws {
        let found = try await loaded(name).migrator.discover()
        let wanted = try expected(name)
        let models = wanted["models"]?.elements ?? []
        #expect(Set(found.models.map(\.name)) == Set(models.compactMap { $0["model"]?["name"]?.text }))
        /// What the cases call a relation, as it is called here.
        var called: [String: String] = [:]
        for model in models {
            let title = model["model"]?["name"]?.text ?? ""
            let own = try #require(found.models.first { $0.name == title })
            #expect(own.table.name == model["model"]?["options"]?["postgresql"]?["table"]?.text)
            let properties = model["model"]?["properties"]?.members ?? []
            #expect(own.json["properties"]?.members?.map(\.key) == properties.map(\.key))
            for property in properties {
                let made = own.json["properties"]?[property.key]
                for key in [
                    "type", "id", "generated", "required", "length", "precision", "scale", "default", "readOnly",
                    "description",
                ] {
                    #expect(made?[key] == property.value[key], "\(title).\(property.key) \(key)")
                }
                // SQL is said of the column.
                #expect(made?["postgresql"]?["dbDefault"] == property.value["dbDefault"], "\(title).\(property.key)")
                for member in property.value["postgresql"]?.members ?? [] {
                    #expect(made?["postgresql"]?[member.key] == member.value, "\(title).\(property.key) \(member.key)")
                }
                // A check keeps no order.
                let (values, others) = (made?["enum"]?.elements, property.value["enum"]?.elements)
                #expect(values.map(Set.init) == others.map(Set.init), "\(title).\(property.key) enum")
            }
            var rest = own.relations
            for relation in model["model"]?["relations"]?.members ?? [] {
                let also = (model["alsoGood"]?[relation.key]?.elements ?? []).compactMap(\.text)
                let names = [relation.key] + also
                let index = rest.firstIndex { shape($0.json) == shape(relation.value) && names.contains($0.name) }
                #expect(index != nil, "\(title).\(relation.key) \(relation.value): \(rest.map(\.name))")
                guard let index else { continue }
                called["\(title).\(relation.key)"] = "\(title).\(rest[index].name)"
                rest.remove(at: index)
            }
            #expect(rest.isEmpty, "\(title): \(rest.map { "\($0.name) \($0.json)" })")
        }
        let guesses = found.models.flatMap { model in
            model.relations.filter { $0.guess != nil && $0.inverse == nil }.map { "\(model.name).\($0.name)" }
        }
        #expect(guesses == (wanted["guessed"]?.elements ?? []).compactMap { $0["relation"]?.text })
        #expect(found.offers.count == wanted["offers"]?.elements?.count)
        for pair in wanted["inverses"]?.elements ?? [] {
            let names = (pair.elements ?? []).compactMap { $0.text.flatMap { called[$0] } }
            guard names.count == 2 else { continue }
            #expect(inverse(of: names[1], in: found) == names[0], "\(names)")
        }
    }

    @Test func whatTheDatabaseMakesIsKept() async throws {
        let found = try await loaded("shop").migrator.discover()
        func property(_ model: String, _ name: String) -> JSONValue? {
            found.models.first { $0.name == model }?.json["properties"]?[name]
        }
        #expect(property("Order", "status")?["enum"] == ["cart", "placed", "paid", "sent", "returned"])
        #expect(property("Staff", "email")?["unique"] == true)
        #expect(property("Customer", "email")?["unique"] == nil)
        #expect(property("Staff", "id")?["postgresql"]?["identity"] == "always")
        #expect(property("Product", "gross")?["readOnly"] == true)
        #expect(
            property("Product", "gross")?["postgresql"]?["generated"] == "round((price * ((1)::numeric + tax)), 2)")
        #expect(
            property("Staff", "email")?["postgresql"]?["domain"]
                == ["type": "text", "check": "(VALUE ~ '^[^@ ]+@[^@ ]+$'::text)"])
        #expect(property("Customer", "settings")?["postgresql"]?["nullable"] == "N")
        func model(_ name: String) -> JSONValue? { found.models.first { $0.name == name }?.json }
        #expect(
            model("Category")?["indexes"]?["categories_parent_id_name_key"] == [
                "keys": ["parentId": 1, "name": 1], "options": ["unique": true, "constraint": true],
            ])
        #expect(
            model("Order")?["foreignKeys"] == [
                "orders_coupon_code_fkey": ["entity": "Coupon", "foreignKey": "couponCode", "onUpdate": "CASCADE"]
            ])
        #expect(model("Return")?["foreignKeys"] == nil)
        #expect(model("OrderTotal")?["options"]?["postgresql"]?["view"] == true)
        #expect(
            found.remarks.contains(
                "Partial indexes, which models can't say: customers.customers_live_email (WHERE (deleted_at IS NULL))."
            ), "\(found.remarks)")
    }

    @Test func whatMigrationsCannotMakeIsNamed() async throws {
        let database = try await TestDatabase.named("discovery")
        try await database.run(
            """
            DROP SCHEMA IF EXISTS other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE SCHEMA other;
            CREATE TYPE pair AS (a int, b int);
            CREATE DOMAIN short AS text CHECK (length(VALUE) < 9); CREATE DOMAIN shorter AS short CHECK (length(VALUE) < 5);
            CREATE FUNCTION next() RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE TABLE other.away (id int PRIMARY KEY);
            CREATE TABLE things (id int PRIMARY KEY, couple pair, brief shorter, number int DEFAULT next(), word text COLLATE "C",
                away int REFERENCES other.away, CONSTRAINT one UNIQUE (word) DEFERRABLE);
            CREATE TABLE more () INHERITS (things);
            CREATE RULE nothing AS ON DELETE TO things DO INSTEAD NOTHING
            """)
        let found = try await migrator(of: database).discover(schemas: ["public"])
        let lines = Set(found.losses.map { "\($0.kind.rawValue) \($0)" })
        #expect(
            lines == [
                "type more.couple (pair)", "type more.brief (short)", "type things.couple (pair)",
                "type things.brief (short)",
                "function more.number (function next())", "function things.number (function next())",
                "collation more.word (C)", "collation things.word (C)",
                "foreignKey things.things_away_fkey (other.away)",
                "specialConstraint things.one", "inheritance more (things)", "rule things.nothing",
            ])
        // What is left out is nobody's loss.
        var choices = DiscoveryChoices()
        choices.without = ["Thing"]
        #expect(choices.applied(to: found).losses.allSatisfy { $0.table.name == "more" })
        try await database.run("DROP SCHEMA other CASCADE")
    }

    private func inverse(of name: String, in found: DiscoveredModels) -> String? {
        let parts = name.split(separator: ".").map(String.init)
        return found.models.first { $0.name == parts[0] }?.relations.first { $0.name == parts[1] }?.inverse
    }

    @Test(arguments: ["shop", "school", "tracker"])
    func theModelsAskForTheTablesThatAreThere(_ name: String) async throws {
        let (migrator, _) = try await loaded(name)
        let found = try await migrator.discover().proven
        let plan = try await migrator.plan(for: try schema(found))
        #expect(plan.problems.isEmpty, "\(plan.problems)")
        // Indexes of keys that the database does without, and a look at rows that nobody has looked at, are all that is missing.
        let others = plan.steps.filter { step in
            switch step.change {
            case .createIndex, .validate: false
            default: true
            }
        }
        #expect(others.isEmpty, "\(others.map(\.description).joined(separator: "\n"))")
    }

    @Test func discoveringAgainChangesNothingAndKeepsWhatPeopleCallThings() async throws {
        let (migrator, database) = try await loaded("shop")
        let found = try await migrator.discover()
        let files = ModelAdoption(of: found, into: [])
        #expect(files.files.allSatisfy { $0.index == nil })
        #expect(files.files.map(\.json) == found.models.map(\.json))
        var existing = files.files.map(\.json)
        let again = ModelAdoption(of: found, into: existing)
        #expect(again.files.allSatisfy { $0.additions.isEmpty })
        #expect(again.files.map(\.json) == existing)

        // A person has other names for a model, a property and a relation, and has thrown a relation away.
        let text = JSONValue.array(existing).description
            .replacing("\"Customer\"", with: "\"Client\"").replacing("\"customerId\"", with: "\"clientId\"")
            .replacing("\"placedByStaff\"", with: "\"seller\"")
        existing = try #require(try JSONValue(parsing: Array(text.utf8)).elements)
        #expect(ModelAdoption(of: found, into: existing).files.allSatisfy { $0.additions.isEmpty })

        try await database.run(
            """
            ALTER TABLE orders ADD COLUMN packed_by bigint REFERENCES staff;
            CREATE TABLE parcels (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers)
            """)
        let later = ModelAdoption(of: try await migrator.discover(), into: existing)
        let changed = later.files.filter { !$0.additions.isEmpty || $0.index == nil }
        #expect(changed.map(\.name) == ["Client", "Order", "Parcel", "Staff"])
        #expect(changed[0].additions == ["relation parcels"])
        #expect(changed[1].additions == ["property packedBy", "relation packedByStaff"])
        #expect(changed[2].json["relations"]?["customer"]?["model"] == "Client")
        #expect(changed[3].additions == ["relation packedOrders"])
        #expect(changed[1].json["relations"]?["seller"] != nil)
    }

    @Test func choicesHoldForAllThatDependsOnThem() async throws {
        let (migrator, _) = try await loaded("shop")
        let found = try await migrator.discover()
        var choices = DiscoveryChoices()
        choices.without = ["Staff", "Customer.orders"]
        choices.names = ["Order": "Purchase", "Order.customer": "buyer"]
        #expect(choices.unknown(in: found).isEmpty)
        let chosen = choices.applied(to: found)
        #expect(!chosen.models.contains { $0.name == "Staff" || $0.name == "Order" })
        let order = try #require(chosen.models.first { $0.name == "Purchase" })
        #expect(order.table.name == "orders")
        #expect(order.relations.contains { $0.name == "buyer" && $0.json["model"] == "Customer" })
        let item = chosen.models.first { $0.name == "OrderItem" }?.json
        #expect(item?["foreignKeys"]?["order_items_order_id_fkey"]?["entity"] == "Purchase")
        #expect(found.models.first { $0.name == "Staff" }?.json["foreignKeys"] != nil)
        #expect(!chosen.models.contains { $0.json["foreignKeys"]?.description.contains("Staff") == true })
        for model in chosen.models {
            for relation in model.relations {
                #expect(
                    !["Staff", "Order"].contains(relation.json["model"]?.text ?? ""), "\(model.name).\(relation.name)")
                #expect(
                    !["Staff", "Order"].contains(relation.json["through"]?.text ?? ""), "\(model.name).\(relation.name)"
                )
                let inverse = relation.inverse?.split(separator: ".").map(String.init) ?? []
                guard inverse.count == 2 else { continue }
                let target = chosen.models.first { $0.name == inverse[0] }
                #expect(target != nil, "\(model.name).\(relation.name): \(inverse)")
                if inverse != ["Customer", "orders"] {
                    #expect(target?.relations.contains { $0.name == inverse[1] } == true, "\(inverse)")
                }
            }
        }
        #expect(chosen.models.first { $0.name == "Customer" }?.relations.contains { $0.name == "orders" } == false)
        // What is chosen is a schema, and is found again in its files.
        _ = try schema(chosen)
        let files = ModelAdoption(of: chosen, into: []).files.map(\.json)
        let again = ModelAdoption(of: chosen, into: files).files
        #expect(again.allSatisfy { $0.index != nil && $0.additions.isEmpty })
        choices.without = ["Nobody", "Customer.nothing"]
        #expect(choices.unknown(in: found) == ["Customer.nothing", "Nobody"])
    }

    @Test func aFileThatCallsThemRelationshipsIsKnownToHaveThem() async throws {
        let (migrator, _) = try await loaded("shop")
        let found = try await migrator.discover()
        let old = ModelAdoption(of: found, into: []).files.map { file in
            JSONValue.object(
                (file.json.members ?? []).map { .init($0.key == "relations" ? "relationships" : $0.key, $0.value) })
        }
        let again = ModelAdoption(of: found, into: old)
        #expect(again.files.allSatisfy { $0.additions.isEmpty })
        #expect(again.files.map(\.json) == old)
    }

    @Test func oddNamesAreNamesOfModels() async throws {
        let database = try await TestDatabase.named("discovery")
        try await database.run(
            """
            DROP SCHEMA IF EXISTS other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE SCHEMA other;
            CREATE TABLE items (id int PRIMARY KEY, "a b" int, "a_b" int, "aB" int, item_id int REFERENCES items, item int);
            CREATE TABLE "Item" (id int PRIMARY KEY);
            CREATE TABLE other.items (id int PRIMARY KEY, back int REFERENCES public.items);
            CREATE TABLE "1st; DROP" (type_type text, type_id int, "_type" text, ids int[], _ids int[]);
            CREATE TABLE twice (a int REFERENCES items, b int REFERENCES items, UNIQUE (a, b), UNIQUE (b, a),
                CONSTRAINT same FOREIGN KEY (a) REFERENCES items);
            CREATE TABLE "___" ()
            """)
        let found = try await migrator(of: database).discover()
        #expect(found.models.count == 6)
        #expect(Set(found.models.map(\.name)).count == 6)
        for model in found.models {
            let names = (model.json["properties"]?.members ?? []).map(\.key) + model.relations.map(\.name)
            #expect(Set(names).count == names.count, "\(model.name): \(names)")
        }
        _ = try schema(found)
        try await database.run("DROP SCHEMA other CASCADE")
    }
}
