// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipMigration
import KinshipMigrator
import TestSupport
import Testing

/// From a database to models, from these to tables in an empty database, and from that to models again: the same, but for what is named here and
/// said by the discovery.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RoundTripTests {
    /// A database, and what models can't say of it.
    struct Origin: CustomStringConvertible, Sendable {
        var name: String
        var file: String
        var losses: Set<String>

        var description: String { name }
    }

    private static func serial(_ tables: String...) -> [String] { tables.map { "serial \($0).id" } }

    static let origins = [
        Origin(
            name: "shop", file: "conformance/migration/discover-shop.sql",
            losses: [
                "check products.products_price_check", "partialIndex customers.customers_live_email",
                "partition price_changes", "view order_totals", "comment products", "comment products.gross",
            ]),
        Origin(
            name: "clinic", file: "discovery/clinic.sql",
            losses: [
                "check appointments.appointments_minutes_check", "partialIndex stays.stays_open",
                "expressionIndex patients.patients_folded", "exclusion appointments.appointments_during_excl",
                "sequence appointments.ticket", "sequence patients.record", "serial appointments.visit",
                "serial wards.id", "serial billing.invoices.id", "rowSecurity patients", "comment appointments",
                "comment appointments.minutes",
            ]),
        Origin(
            name: "school", file: "conformance/migration/discover-school.sql",
            losses: Set(
                serial(
                    "Person", "Staff", "Class", "Student", "Course", "Series", "Enrolment", "Room", "Absence",
                    "ClassSpeaker", "order")
            ).union(["partialIndex ClassSpeaker.ClassSpeaker_one", "notValidated Course.Course_seriesId_fkey"])),
        Origin(
            name: "tracker", file: "conformance/migration/discover-tracker.sql",
            losses: Set(
                serial("users", "projects", "versions", "labels", "issues", "comments", "attachments", "events")
            ).union(["check attachments.attachments_check"])),
        Origin(
            name: "social", file: "discovery/social.sql",
            losses: Set(
                serial("groups", "photos", "posts", "comments", "reactions", "reports", "bookmarks", "messages")
            ).union([
                "check follows.follows_check", "specialIndex group_members.group_members_member",
                "specialIndex posts.posts_body", "specialConstraint groups.groups_owner_id_fkey",
                "trigger posts.posts_shout",
            ])),
    ]

    private func loaded(_ origin: Origin) async throws -> MigrationWorld {
        let world = try await MigrationWorld("round_trip_from")
        try await world.run(
            try String(contentsOfFile: Repository.path("Tests/Fixtures/\(origin.file)"), encoding: .utf8))
        return world
    }

    private func schema(_ found: DiscoveredModels) throws -> Schema {
        try Schema(uncheckedScopes: found.models.map { try ModelDefinition($0.json) })
    }

    private func named(_ losses: [DiscoveryLoss]) -> Set<String> {
        Set(
            losses.map { loss in
                "\(loss.kind.rawValue) \(loss.table.shown)" + (loss.name.map { ".\($0)" } ?? "")
            })
    }

    @Test(arguments: origins)
    func whatIsFoundIsMadeAndFoundAgain(_ origin: Origin) async throws {
        let source = try await loaded(origin).migrator
        let found = try await source.discover()
        #expect(named(found.losses) == origin.losses)
        let schema = try schema(found)
        #expect(schema.warnings.filter { [.unknownKey, .oddValue, .misplacedKey].contains($0.code) }.isEmpty)

        let target = try await MigrationWorld("round_trip_to").migrator
        try await target.apply(schema)
        let rest = try await target.plan(for: schema)
        #expect(rest.steps.isEmpty, "\(rest.description)")
        #expect(rest.problems.isEmpty && rest.unmanaged.isEmpty, "\(rest.problems) \(rest.unmanaged)")

        let again = try await target.discover()
        let views = Set(found.losses.filter { $0.kind == .view }.map(\.table))
        let models = found.models.filter { !views.contains($0.table) }
        #expect(again.models.map(\.name) == models.map(\.name))
        for (model, other) in zip(models, again.models) {
            let (own, made) = (kept(model.json).description, kept(other.json).description)
            #expect(own == made, "\(model.name)")
            #expect(model.relations.map(\.inverse) == other.relations.map(\.inverse))
        }
        // Of what was lost nothing is left to lose.
        let stays: Set<DiscoveryLoss.Kind> = [.function, .type]
        #expect(again.losses.filter { !stays.contains($0.kind) }.isEmpty, "\(again.losses)")
        let plans = try [found, again].map { models in
            MigrationPlan(from: TableCatalog(), to: try DesiredTables(for: try self.schema(models))).description
        }
        #expect(plans[0] == plans[1])

        let wanted = without(found.losses, try await source.catalog())
        let made = try await target.catalog()
        #expect(made.types == wanted.types)
        #expect(made.tables.values.allSatisfy { !$0.isPartitioned })
        let (own, other) = (CatalogShape(wanted), CatalogShape(made))
        // Nothing is missing, and all that there is besides are indexes of keys and of polymorphic pairs.
        #expect(own.lines.subtracting(other.lines).isEmpty, "\(other.difference(from: own))")
        #expect(other.lines.subtracting(own.lines).isSubset(of: keyIndexes(made, found)))
    }

    /// A definition without what a loss says that isn't in new tables.
    private func kept(_ json: JSONValue) -> JSONValue {
        switch json {
        case .object(let members):
            .object(
                members.compactMap { member -> JSONValue.Member? in
                    if member.key == "notValidated" || (member.key == "description" && member.value.text != nil) {
                        return nil
                    }
                    return JSONValue.Member(member.key, kept(member.value))
                })
        case .array(let elements): .array(elements.map(kept))
        default: json
        }
    }

    /// The catalog without what was said to be lost.
    private func without(_ losses: [DiscoveryLoss], _ catalog: TableCatalog) -> TableCatalog {
        var catalog = catalog
        for loss in losses {
            guard var table = catalog.tables[loss.table] else { continue }
            switch loss.kind {
            case .check: table.checks.removeAll { $0.name == loss.name }
            case .partialIndex, .expressionIndex, .invalidIndex, .specialIndex:
                table.indexes.removeAll { $0.name == loss.name }
            case .serial, .sequence:
                for index in table.columns.indices where table.columns[index].name == loss.name {
                    if case .identity = table.columns[index].filling { continue }
                    table.columns[index].filling = .identity(always: false)
                }
            case .notValidated:
                for index in table.foreignKeys.indices where table.foreignKeys[index].name == loss.name {
                    table.foreignKeys[index].isValid = true
                }
                for index in table.checks.indices where table.checks[index].name == loss.name {
                    table.checks[index].isValid = true
                }
            // The rest isn't in the catalog, or is more of what is.
            case .specialConstraint, .exclusion, .foreignKey, .type, .virtual, .collation, .function, .partition,
                .inheritance, .view, .trigger, .rule, .rowSecurity, .comment:
                break
            }
            catalog.tables[loss.table] = table
        }
        return catalog
    }

    /// The indexes that migrations make by themselves.
    private func keyIndexes(_ catalog: TableCatalog, _ found: DiscoveredModels) -> Set<String> {
        var lines: Set<String> = []
        func add(_ table: Catalog.TableName, _ columns: [String]) {
            lines.insert("\(table.shown) index \(columns) false btree  true")
        }
        for table in catalog.tables.values {
            for key in table.foreignKeys { add(table.name, key.columns) }
        }
        for model in found.models {
            for relation in model.relations where relation.json["type"] == "belongsTo" {
                let names = ["discriminator", "foreignKey"].compactMap { relation.json["polymorphic"]?[$0]?.text }
                let columns = names.compactMap {
                    model.json["properties"]?[$0]?["postgresql"]?["columnName"]?.text
                }
                if columns.count == 2 { add(model.table, columns) }
            }
        }
        return lines
    }

    // MARK: Opposites

    /// Each relation leads to its opposite and back, but for kinds that have none: lists of keys; the two of a table that is nothing but a link, which
    /// many-to-many relations go through; and a key to several models, which each of them has one to.
    @Test(arguments: origins)
    func relationsHaveTheirOpposites(_ origin: Origin) async throws {
        let found = try await loaded(origin).migrator.discover()
        var relations: [String: DiscoveredModels.Relation] = [:]
        for model in found.models {
            for relation in model.relations { relations["\(model.name).\(relation.name)"] = relation }
        }
        #expect(relations.count == found.models.map(\.relations.count).reduce(0, +))
        #expect(!relations.isEmpty)
        for (name, relation) in relations {
            if let inverse = relation.inverse {
                let other = try #require(relations[inverse], "\(name): \(inverse)")
                let isShared = other.json["polymorphic"] != nil && other.json["type"] == "belongsTo"
                #expect(other.inverse == (isShared ? nil : name), "\(name)")
                continue
            }
            let model = String(name.prefix { $0 != "." })
            switch relation.json["type"]?.text {
            case "referencesMany": break
            case "belongsTo" where relation.json["polymorphic"] != nil:
                // Each model that the database limits the pair to has the way back.
                let discriminator = relation.json["polymorphic"]?["discriminator"]?.text ?? ""
                let definition = found.models.first { $0.name == model }?.json["properties"]?[discriminator]
                let kinds = (definition?["enum"]?.elements ?? []).compactMap(\.text)
                let sources = relations.filter { $0.value.inverse == name }.map { $0.key.prefix { $0 != "." } }
                #expect(Set(sources.map(String.init)) == Set(kinds), "\(name)")
            case "belongsTo":
                #expect(relations.values.contains { $0.json["through"]?.text == model }, "\(name)")
            default: Issue.record("\(name) has no opposite")
            }
        }
    }
}
