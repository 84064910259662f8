// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipMigration
import TestSupport

/// A case of `Tests/Fixtures/conformance/migration`, whose README says what is in it.
struct MigrationCase: CustomStringConvertible, Sendable {
    var name: String
    var input: JSONValue
    var result: JSONValue

    static let all: [MigrationCase] = {
        let folder = Repository.path("Tests/Fixtures/conformance/migration")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".ddl.json") }.sorted().compactMap { file in
            let name = String(file.dropLast(".ddl.json".count))
            guard let input = json("\(folder)/\(name).json"), let result = json("\(folder)/\(file)") else { return nil }
            return MigrationCase(name: name, input: input, result: result)
        }
    }()

    static func named(_ name: String) -> MigrationCase? { all.first { $0.name == name } }

    var description: String { name }
    var expect: JSONValue { result["expect"] ?? .null }
    var isChange: Bool { input["before"] != nil }

    /// What models of the case ask for.
    func desired(_ key: String = "models", hinted: Bool = true) throws -> DesiredTables {
        var options = DesiredTables.Options()
        if hinted {
            for member in input["hints"]?["rename"]?.members ?? [] { options.renames[member.key] = member.value.text }
        }
        return try DesiredTables(for: schema(key), options: options)
    }

    /// Models of the case.
    func schema(_ key: String = "models") throws -> Schema {
        var definitions: [ModelDefinition] = []
        if let models = input[key]?.elements {
            definitions = try models.map { try ModelDefinition($0) }
        } else {
            let folder = Repository.path("Tests/Fixtures/conformance/models")
            for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
                definitions.append(try ModelDefinition(json: Array(bytes), file: file))
            }
        }
        return try Schema(uncheckedScopes: definitions)
    }

    /// What LoopBack left: before the change where there is one.
    var left: TableCatalog {
        let loopback = result["loopback"] ?? .null
        return TableCatalog((isChange ? loopback["before"]?["catalog"] : loopback["catalog"]) ?? .null)
    }

    private static func json(_ path: String) -> JSONValue? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return try? JSONValue(parsing: Array(data))
    }
}

extension MigrationPlan {
    /// One line for each thing that changes, as the cases name them.
    var lines: [String] {
        steps.flatMap { step -> [String] in
            let table = step.table.shown
            switch step.change {
            case .createTable, .dropTable, .createSchema, .createType, .renameTable, .addPrimaryKey:
                return ["\(step.change.title) \(table)"]
            case .addColumn(let column): return ["\(step.change.title) \(table).\(column.name)"]
            case .changeTypes(let changes):
                return changes.map { "\(step.change.title) \(table).\($0.column.name) \($0.column.type)" }
            case .renameColumn(let old, let new): return ["\(step.change.title) \(table).\(old) \(new)"]
            case .setDefault(let column, let expression):
                return ["\(step.change.title) \(table).\(column) \(expression)"]
            case .dropDefault(let name), .addIdentity(let name, _), .addTypeValue(let name, _, _),
                .setNotNull(let name), .dropNotNull(let name),
                .dropInvalidIndex(let name), .dropColumn(let name), .validate(let name), .dropForeignKey(let name),
                .dropConstraint(let name),
                .dropIndex(let name):
                return ["\(step.change.title) \(table).\(name)"]
            case .createIndex(let index), .replaceIndex(let index):
                return ["\(step.change.title) \(table).\(index.name)"]
            case .addUnique(let unique): return ["\(step.change.title) \(table).\(unique.name)"]
            case .addCheck(let check), .replaceCheck(let check): return ["\(step.change.title) \(table).\(check.name)"]
            case .addForeignKey(let key), .replaceForeignKey(let key):
                return ["\(step.change.title) \(table).\(key.name)"]
            }
        }
    }
}
