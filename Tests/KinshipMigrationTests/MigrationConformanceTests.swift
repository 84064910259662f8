// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import Testing

/// The cases that were captured from LoopBack, judged by what should be made of them.
@Suite struct MigrationConformanceTests {
    @Test func allCasesAreThere() {
        #expect(MigrationCase.all.count == 29)
    }

    @Test(arguments: MigrationCase.all.filter { $0.expect["fresh"] != nil })
    func anEmptyDatabase(_ example: MigrationCase) throws {
        let desired = CatalogShape(try example.desired().catalog)
        let wanted = CatalogShape(TableCatalog(example.expect["fresh"] ?? .null))
        #expect(desired == wanted, "\(desired.difference(from: wanted))")
    }

    @Test func manyToManyOfAModelToItselfNeedsItsKeys() throws {
        let example = try #require(MigrationCase.named("many-to-many-self"))
        // The schema refuses it already, with the same remedy.
        let error = #expect(throws: SchemaError.self) { try example.desired() }
        let text = error?.description ?? ""
        for word in ["relations.similar", "SimilarFilm", "foreignKey", "keyThrough"] { #expect(text.contains(word)) }
    }

    /// LoopBack's tables as they are: what is proposed for them, and of defaults and NOT NULL what LoopBack left out.
    @Test(arguments: MigrationCase.all.filter { $0.expect["onLoopBack"] != nil })
    func onLoopBack(_ example: MigrationCase) throws {
        let plan = MigrationPlan(from: example.left, to: try example.desired())
        #expect(plan.problems.isEmpty, "\(plan.problems)")
        var wanted = Set<String>()
        var created = Set<String>()
        for step in example.expect["onLoopBack"]?.elements ?? [] {
            let title = step["do"]?.text ?? ""
            guard title != "nothing", let table = step["table"]?.text else { continue }
            if title == "create table" { created.insert(table) }
            wanted.insert("\(title) \(table)" + (step["name"]?.text.map { ".\($0)" } ?? ""))
        }
        let own = plan.steps.filter { !["set default", "set not null", "add identity"].contains($0.change.title) }
        var lines = Set<String>()
        for step in own where !created.contains(step.table.shown) || step.change.title == "create table" {
            var single = plan
            single = MigrationPlan(single, only: step)
            lines.formUnion(single.lines)
        }
        #expect(lines == wanted)
    }

    @Test(arguments: MigrationCase.all.filter { $0.expect["plan"] != nil })
    func change(_ example: MigrationCase) throws {
        let known = try example.desired("before").catalog
        let desired = try example.desired()
        let bare = MigrationPlan(from: example.left, to: desired, known: known)
        let losses = Set(bare.problems.filter { $0.code == .loss }.map(\.subject))
        let plan = MigrationPlan(from: example.left, to: desired, known: known, allowingLoss: losses)
        #expect(plan.problems.isEmpty, "\(plan.problems)")
        if let refused = example.expect["refused"]?.text {
            #expect(bare.problems.map { "without --allow-loss \($0.subject)" } == [refused])
        } else {
            #expect(losses.isEmpty)
        }
        check(plan, example.expect["plan"]?.elements ?? [])
        // And LoopBack's own tables say no more than that.
        let after = MigrationPlan(from: example.left.applying(plan), to: desired, known: known)
        #expect(after.steps.isEmpty, "\(after.lines)")
    }

    private func check(_ plan: MigrationPlan, _ expected: [JSONValue]) {
        var wanted: [String] = []
        for step in expected {
            let table = step["table"]?.text ?? ""
            let name = step["column"]?.text ?? step["name"]?.text
            if step["do"]?.text == "keep" {
                // What serves a purpose of the models isn't unmanaged either.
                let subject = "\(table).\(name ?? "")"
                #expect(!plan.lines.contains { $0.hasPrefix("drop") && $0.hasSuffix(subject) })
                continue
            }
            wanted.append("\(step["do"]?.text ?? "") \(table)" + (name.map { ".\($0)" } ?? ""))
            if let rewrites = step["rewrites"], let column = step["column"]?.text {
                let found = plan.steps.first {
                    MigrationPlan(plan, only: $0).lines.contains { $0.contains(".\(column)") }
                }
                // Several types change in one statement, which writes the table if one of them does.
                if rewrites == .bool(true) || expected.allSatisfy({ $0["rewrites"] == rewrites }) {
                    #expect(found?.rewrites == (rewrites == .bool(true)))
                }
            }
        }
        let lines = plan.lines
        #expect(lines.count == wanted.count, "\(lines)")
        for line in wanted { #expect(lines.contains { $0 == line || $0.hasPrefix(line) }, "\(line) of \(lines)") }
    }

    @Test(arguments: ["add-required", "id-changes", "text-to-number"])
    func refused(_ name: String) throws {
        let example = try #require(MigrationCase.named(name))
        let plan = MigrationPlan(
            from: example.left, to: try example.desired(), known: try example.desired("before").catalog)
        let code = example.expect["refused"]?.text?.prefix { $0 != ":" } ?? ""
        #expect(plan.problems.map(\.code.rawValue) == [String(code)])
        #expect(plan.steps.isEmpty)
    }

    @Test func aRenameIsNeverGuessed() throws {
        let example = try #require(MigrationCase.named("rename-property"))
        let plan = MigrationPlan(
            from: example.left, to: try example.desired(hinted: false), known: try example.desired("before").catalog)
        check(plan, example.expect["withoutHint"]?["plan"]?.elements ?? [])
        let problem = try #require(plan.problems.first)
        #expect(plan.problems.count == 1)
        #expect(problem.code == .loss)
        #expect(problem.subject == "person.name")
        #expect(problem.message.contains("--rename Person.name=fullName"))
        #expect(problem.message.contains("\"renamedFrom\": \"name\""))
    }
}

extension MigrationPlan {
    /// A plan of one step of another.
    init(_ plan: MigrationPlan, only step: MigrationStep) {
        self = plan
        steps = [step]
    }
}
