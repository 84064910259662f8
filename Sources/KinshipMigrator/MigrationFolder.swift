// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A folder of migrations: `20261130101500_add_age.sql`, and beside each the tables that models asked for then, as JSON.
///
/// ```swift
/// let folder = MigrationFolder("migrations")
/// try folder.add("add_age", for: schema)          // what the last one's tables lack
/// try await migrator.apply(try folder.files())
/// ```
public struct MigrationFolder: Sendable, Hashable {
    /// Its path.
    public let path: String

    /// A folder; it needn't be there yet.
    public init(_ path: String) { self.path = path }

    /// Its migrations, in order; none where there is no folder.
    ///
    /// - Throws: ``MigrationError`` with every file that can't be read as one.
    public func files() throws(MigrationError) -> [MigrationFile] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw MigrationError([MigrationProblem(.file, path, "The folder can't be read.")])
        }
        var files: [MigrationFile] = []
        var problems: [MigrationProblem] = []
        for name in names.sorted() where name.hasSuffix(".sql") && !name.hasPrefix(".") {
            do {
                files.append(try file(String(name.dropLast(".sql".count))))
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw MigrationError(problems) }
        return files
    }

    /// Makes the migration that leads from those that are there to what models ask for, and writes it.
    ///
    /// Where the files of two branches came together, it begins at what both have made: see ``state()``.
    ///
    /// - Parameters:
    ///   - words: what it is about, as a part of its name.
    ///   - isByHand: whether it is to be empty, for statements of your own.
    /// - Returns: the migration, or nil when there is nothing to do.
    /// - Throws: ``MigrationError`` with what stands against it; an error of the file system.
    @discardableResult
    public func add(
        _ words: String, for schema: Schema, options: DesiredTables.Options = .init(), allowingLoss: Set<String> = [],
        isByHand: Bool = false
    ) throws -> MigrationFile? {
        let branches = try branches()
        let desired = try DesiredTables(for: schema, options: options)
        let name = "\(Self.number(behind: branches.last))_\(words)"
        let file =
            isByHand
            ? try MigrationFile(name: name, sql: "-- \(name)\n", state: desired.catalog, after: branches.heads)
            : try MigrationFile(
                name: name, from: branches.state, to: desired, allowingLoss: allowingLoss, after: branches.heads)
        if file.units.isEmpty, !isByHand { return nil }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        // A migration is there when its text is.
        var members = file.state.json.members ?? []
        members.insert(.init("after", .array(branches.heads.map { .string($0) })), at: 0)
        try write(JSONValue.object(members).description + "\n", to: "\(name).json")
        try write(file.sql, to: "\(name).sql")
        return file
    }

    /// What the tables are behind all of its migrations: of several branches, what each has made of what they began with.
    ///
    /// - Throws: ``MigrationError`` with the code `MIGRATION_BRANCHES` when two branches make different things of the same column, index or
    ///   constraint; ``MigrationError`` of ``files()``.
    public func state() throws(MigrationError) -> TableCatalog { try branches().state }

    func branches() throws(MigrationError) -> MigrationBranches { try MigrationBranches(try files()) }

    /// Whether a name begins with the time a file was made at.
    static func isNumbered(_ name: String) -> Bool {
        name.utf8.prefix(14).allSatisfy { (0x30...0x39).contains($0) } && name.dropFirst(14).hasPrefix("_")
    }

    // MARK: Pieces

    private func file(_ name: String) throws(MigrationError) -> MigrationFile {
        let text = try text("\(name).sql", of: name)
        let json = try state(name)
        return try MigrationFile(
            name: name, sql: text, state: TableCatalog(json),
            after: json["after"]?.elements.map { $0.compactMap(\.text) })
    }

    private func state(_ name: String) throws(MigrationError) -> JSONValue {
        let text = try text("\(name).json", of: name)
        guard let json = try? JSONValue(parsing: Array(text.utf8)), json["tables"] != nil else {
            throw Self.error(name, "\(name).json isn't the tables that models asked for; bring it back.")
        }
        return json
    }

    private func text(_ file: String, of name: String) throws(MigrationError) -> String {
        guard let data = FileManager.default.contents(atPath: "\(path)/\(file)"),
            let text = String(validating: data, as: UTF8.self)
        else { throw Self.error(name, "\(path)/\(file) isn't there, or can't be read as UTF-8.") }
        return text
    }

    private static func error(_ name: String, _ message: String) -> MigrationError {
        MigrationError([MigrationProblem(.file, name, message)])
    }

    private func write(_ text: String, to file: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(file)"), options: .withoutOverwriting)
    }

    /// The time in UTC, as fourteen digits; behind the last one, whatever the clock says.
    private static func number(behind last: String?) -> String {
        let parts = Calendar.utc.dateComponents([.year, .month, .day, .hour, .minute, .second], from: Date())
        let digits = [
            (parts.year, 4), (parts.month, 2), (parts.day, 2), (parts.hour, 2), (parts.minute, 2), (parts.second, 2),
        ]
        .map { value, width in
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }.joined()
        guard let last, isNumbered(last), let number = Int(last.prefix(14)), let now = Int(digits), now <= number else {
            return digits
        }
        return String(number + 1)
    }
}

extension Calendar {
    fileprivate static var utc: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}
