// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

extension RandomTests {
    /// Texts of other languages in every place a text can stand: nothing but the answer changes.
    @Suite struct InjectionTests {
        @Test func `Texts that mean something to SQL mean nothing in any place of a filter`() async throws {
            let world = try await World.make("injection", seed: 3)
            let before = try await contents(world)
            var (tried, answered) = (0, 0)
            try await withThrowingTaskGroup(of: (tried: Int, answered: Int).self) { group in
                for text in Injections.texts {
                    group.addTask(executorPreference: OwnThreads.shared) { try await attempt(text, world) }
                }
                for try await part in group { (tried, answered) = (tried + part.tried, answered + part.answered) }
            }
            #expect(tried > 4000)
            #expect(answered > 1000)
            #expect(try await contents(world) == before)
            await world.database.close()
        }

        /// Puts a text into every place; gives how many filters that made, and how many were answered.
        private func attempt(_ text: String, _ world: World) async throws -> (tried: Int, answered: Int) {
            var (tried, answered) = (0, 0)
            for (place, model, filter) in Injections.filters(text) {
                tried += 1
                let outcome = try await Comparison(world: world, model: model).outcome(
                    filter, counting: place == "property")
                switch outcome {
                case .same: answered += 1
                case .bothRefuse: break
                case .different: Issue.record("\(place): \(text.debugDescription)\n\(filter)\n\(outcome)")
                }
            }
            for (place, filter) in Injections.unjudged(text) {
                tried += 1
                switch await FuzzOutcome(of: .json(model: "Thing", filter), on: world.database) {
                case .accepted: answered += 1
                case .refused: break
                case .failed(let failure): Issue.record("\(place): \(text.debugDescription)\n\(failure)")
                }
            }
            return (tried, answered)
        }

        @Test func `Names of scopes, models, relations and keys change nothing`() async throws {
            let world = try await World.make("injection_names", seed: 4)
            let before = try await contents(world)
            let database = world.database
            for text in Injections.texts {
                let string = JSONValue.string(text)
                await expectPlannerError(text) { try await database.find("Thing", scopes: [.named(text)]) }
                await expectPlannerError(text) { try await database.find("Thing", scopes: ["flagged", .named(text)]) }
                await expectPlannerError(text) { try await database.count("Thing", scopes: [.named(text)]) }
                await expectPlannerError(text) { try await database.related("Thing", id: 1, relation: text) }
                await expectPlannerError(text) { try await database.count(text) }
                await expectPlannerError(text) {
                    try await database.findById("Thing", id: JSONValue.object([.init(text, string)]))
                }
                // The key is a whole number: of these texts none is.
                await expectPlannerError(text) { try await database.findById("Thing", id: string) }
                await expectPlannerError(text) { try await database.findByIds("Thing", ids: [1, string]) }
                await expectPlannerError(text) {
                    try await database.related("Thing", id: string, relation: "parts")
                }
            }
            #expect(try await contents(world) == before)
            await database.close()
        }

        /// A label that is one of the texts is found as it is, whatever it says.
        @Test func `Rows that hold such texts are found by them`() async throws {
            let test = try await TestDatabase.named("injection_rows")
            let storable = Injections.texts.filter { !$0.utf8.contains(0) }
            var script = "CREATE TABLE note (id int PRIMARY KEY, body text, doc jsonb);"
            for (id, text) in storable.enumerated() {
                var json: [UInt8] = []
                JSONValue.object([.init(text, .string(text))]).write(into: &json)
                script +=
                    "INSERT INTO note VALUES (\(id), \(literal(text)), \(literal(String(decoding: json, as: UTF8.self))));"
            }
            try await test.runPlainly(script)
            let definition = """
                {"name": "Note", "options": {"postgresql": {"table": "note"}},
                 "properties": {"id": {"type": "number", "id": true}, "body": "string", "doc": "object"}}
                """
            let schema = try Schema(definitions: [ModelDefinition(json: Array(definition.utf8), file: nil)])
            let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: test.url))
            for (id, text) in storable.enumerated() {
                let string = JSONValue.string(text)
                let conditions: [JSONValue] = [
                    ["body": string], ["body": ["inq": [string]]], ["doc": ["eq": .object([.init(text, string)])]],
                    ["doc": ["contains": .object([.init(text, string)])]],
                ]
                for condition in conditions {
                    let graph = try await database.find("Note", filter: ["where": condition, "fields": "id"])
                    #expect(
                        String(decoding: try graph.json(), as: UTF8.self) == #"[{"id":\#(id)}]"#,
                        "\(text.debugDescription)"
                    )
                }
                let part = try await database.find(
                    "Note", filter: ["where": ["body": ["contains": string]], "fields": "id"])
                #expect(try JSONValue(parsing: part.json()).elements?.contains(["id": .number(String(id))]) == true)
            }
            #expect(try await database.count("Note").count == Int64(storable.count))
            await database.close()
        }

        private func literal(_ text: String) -> String {
            "E'"
                + text.unicodeScalars.map { scalar in
                    scalar == "'" ? "''" : scalar == "\\" ? "\\\\" : String(scalar)
                }.joined() + "'"
        }

        private func expectPlannerError<R>(_ text: String, _ body: () async throws -> R) async {
            do {
                _ = try await body()
                Issue.record("\(text.debugDescription) was accepted")
            } catch let error as PlannerError {
                #expect((400...404).contains(error.status), "\(text.debugDescription): \(error)")
            } catch {
                Issue.record("\(text.debugDescription): \(error)")
            }
        }

        /// All tables and what is in them.
        private func contents(_ world: World) async throws -> [[String?]] {
            var contents = try await world.test.runPlainly(
                "SELECT relname::text, relnatts::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
            )
            for spec in TableSpec.all {
                contents += try await world.test.runPlainly("SELECT x::text FROM \(spec.table) x ORDER BY id")
            }
            return contents
        }
    }
}
