// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Random bodies for every operation that changes something: an error or a change, never a statement that the server can't read,
/// and never half of a change. `KINSHIP_FILTER_SEED` and `KINSHIP_FILTER_COUNT` try others, and more.
@Suite struct WriteFuzzTests {
    private static let relations: [(model: String, name: String, target: String)] = [
        ("Customer", "orders", "Order"), ("Customer", "openOrders", "Order"), ("Customer", "lastOrders", "Order"),
        ("Customer", "coded", "Order"),
        ("Customer", "profile", "Profile"), ("Customer", "pictures", "Picture"), ("Customer", "avatar", "Picture"),
        ("Customer", "groups", "Group"),
        ("Customer", "tagged", "Tag"), ("Customer", "labels", "Label"), ("Customer", "byInts", "Product"),
        ("Customer", "byJson", "Product"),
        ("Customer", "byText", "Product"), ("Order", "customer", "Customer"), ("Group", "members", "Customer"),
        ("Picture", "owner", "Customer"),
        ("Tag", "customers", "Customer"), ("Customer", "nothing", "Order"),
    ]
    private static let models = [
        "Customer", "Order", "Profile", "Picture", "Group", "Membership", "Tag", "Label", "Product", "Nothing",
    ]

    /// One operation, with what it was.
    private struct Attempt {
        let text: String
        let run: @Sendable (Database) async throws -> Void
    }

    private func onModel(_ body: inout RandomBody) -> Attempt {
        let model = body.pick(Self.models)
        let (id, data, condition) = (body.key(), body.data(model), body.condition())
        switch body.number(0...9) {
        case 0: return Attempt(text: "create \(model) \(data)") { _ = try await $0.create(model, data) }
        case 1:
            let many = [data, body.data(model), body.data(model)]
            return Attempt(text: "createAll \(model) \(many)") { _ = try await $0.createAll(model, many) }
        case 2:
            return Attempt(text: "updateById \(model) \(id) \(data)") {
                _ = try await $0.updateById(model, id: id, data)
            }
        case 3:
            return Attempt(text: "replaceById \(model) \(id) \(data)") {
                _ = try await $0.replaceById(model, id: id, data)
            }
        case 4: return Attempt(text: "upsert \(model) \(data)") { _ = try await $0.upsert(model, data) }
        case 5:
            return Attempt(text: "replaceOrCreate \(model) \(data)") { _ = try await $0.replaceOrCreate(model, data) }
        case 6:
            return Attempt(text: "updateAll \(model) \(condition) \(data)") {
                _ = try await $0.updateAll(model, where: condition, data)
            }
        case 7:
            return Attempt(text: "upsertWithWhere \(model) \(condition) \(data)") {
                _ = try await $0.upsertWithWhere(model, where: condition, data)
            }
        case 8:
            return Attempt(text: "findOrCreate \(model) \(condition) \(data)") {
                _ = try await $0.findOrCreate(model, filter: ["where": condition], data)
            }
        default:
            if body.once(in: 2) {
                return Attempt(text: "deleteById \(model) \(id)") { _ = try await $0.deleteById(model, id: id) }
            }
            return Attempt(text: "deleteAll \(model) \(condition)") {
                _ = try await $0.deleteAll(model, where: condition)
            }
        }
    }

    private func onRelation(_ body: inout RandomBody) -> Attempt {
        let (model, relation, target) = Self.relations[body.number(0...(Self.relations.count - 1))]
        let (id, key, data, condition) = (body.key(), body.key(), body.data(target), body.condition())
        let name = "\(model) \(id) \(relation)"
        switch body.number(0...7) {
        case 0:
            let many: JSONValue = body.once(in: 3) ? .array([data, body.data(target)]) : data
            return Attempt(text: "create \(name) \(many)") {
                _ = try await $0.createRelated(model, id: id, relation: relation, many)
            }
        case 1:
            let link = body.once(in: 2) ? [:] : body.data("Membership")
            return Attempt(text: "add \(name) \(key) \(link)") {
                try await $0.addRelated(model, id: id, relation: relation, key: key, link)
            }
        case 2:
            let keys = (0..<body.number(0...3)).map { _ in body.key() }
            return Attempt(text: "set \(name) \(keys)") {
                try await $0.setRelated(model, id: id, relation: relation, keys: keys)
            }
        case 3:
            let one: JSONValue? = body.once(in: 3) ? nil : key
            return Attempt(text: "update \(name) \(one ?? .null) \(data)") {
                _ = try await $0.updateRelated(model, id: id, relation: relation, key: one, data)
            }
        case 4:
            return Attempt(text: "updateAll \(name) \(condition) \(data)") {
                _ = try await $0.updateAllRelated(model, id: id, relation: relation, where: condition, data)
            }
        case 5:
            return Attempt(text: "remove \(name) \(key)") {
                try await $0.removeRelated(model, id: id, relation: relation, key: key)
            }
        case 6:
            let one: JSONValue? = body.once(in: 3) ? nil : key
            return Attempt(text: "delete \(name) \(one ?? .null)") {
                try await $0.deleteRelated(model, id: id, relation: relation, key: one)
            }
        default:
            return Attempt(text: "deleteAll \(name) \(condition)") {
                try await $0.deleteAllRelated(model, id: id, relation: relation, where: condition)
            }
        }
    }

    /// What is wrong with an error; nil when it is one that a body may cause.
    private static func fault(_ error: any Error) -> String? {
        switch error {
        case let error as PlannerError: return error.message.isEmpty ? "an error says nothing" : nil
        case let error as ValidationError: return error.problems.isEmpty ? "an error without a problem" : nil
        case let error as ConstraintViolation: return error.report.message.isEmpty ? "an error says nothing" : nil
        case let error as PostgresError:
            // Anything but a constraint should have been found before.
            return "\(error.sqlState ?? "") \(error)"
        default: return "\(error)"
        }
    }

    @Test(arguments: [false, true])
    func `Nothing but errors and changes`(isKept: Bool) async throws {
        let world = try await WritingWorld("fuzz_\(isKept)", isKept: isKept)
        let count = Effort.count(1_000)
        var body = RandomBody(seed: Effort.seed &+ (isKept ? 77 : 0))
        var (done, refused) = (0, 0)
        var before = try await world.everything()
        for number in 0..<count {
            if number.isMultiple(of: 25) {
                try await world.reset()
                before = try await world.everything()
            }
            let attempt = body.once(in: 2) ? onModel(&body) : onRelation(&body)
            do {
                try await attempt.run(world.database)
                done += 1
                before = try await world.everything()
            } catch {
                refused += 1
                if let fault = Self.fault(error) { Issue.record("\(number): \(attempt.text)\n\(fault)") }
                let after = try await world.everything()
                if after != before {
                    Issue.record("\(number): \(attempt.text)\n\(error)\nleft something:\n\(before)\n\(after)")
                }
                before = after
            }
        }
        // Enough got through that not only the first check was tried.
        #expect(done > count / 20)
        #expect(refused > count / 20)
        await world.database.close()
    }
}
