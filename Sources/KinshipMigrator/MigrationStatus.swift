// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Where a database stands among the migrations of a folder.
public struct MigrationStatus: Sendable, Hashable {
    /// What is known of one migration.
    public struct Entry: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Where it stands.
        public var standing: Standing
        /// When it began, as the server writes it; nil for one that wasn't applied.
        public var started: String?
    }

    /// Where a migration stands; the raw value is stable.
    public enum Standing: String, Sendable, Hashable, CaseIterable {
        /// It is in the database.
        case applied
        /// It began and didn't come to its end; applying goes on from there.
        case unfinished
        /// It is still to be applied.
        case pending
        /// It was applied, and its file says something else now.
        case changed
        /// It was applied, and there is no file of it here.
        case missing
    }

    /// The migrations in the order of their names; those without files are where they were applied.
    public let entries: [Entry]

    init(_ files: [MigrationFile], _ records: [MigrationRecord]) {
        let latest = Dictionary(records.map { ($0.name, $0) }, uniquingKeysWith: { newer, _ in newer })
        let names = Set(files.map(\.name))
        var entries = records.reversed().filter { !names.contains($0.name) && latest[$0.name] == $0 }.map {
            Entry(name: $0.name, standing: $0.finished == nil ? .unfinished : .missing, started: $0.started)
        }
        // What wasn't made of files, such as the state that was taken as it is, is nobody's file.
        for index in entries.indices where !MigrationFolder.isNumbered(entries[index].name) {
            if entries[index].standing == .missing { entries[index].standing = .applied }
        }
        for file in files.sorted(by: { $0.name < $1.name }) {
            guard let record = latest[file.name] else {
                entries.append(Entry(name: file.name, standing: .pending))
                continue
            }
            let isSame = record.checksum == file.checksum
            let standing: Standing = record.finished == nil ? .unfinished : isSame ? .applied : .changed
            entries.append(Entry(name: file.name, standing: standing, started: record.started))
        }
        self.entries = entries
    }

    /// Whether every file is applied as it is.
    public var isCurrent: Bool { !entries.contains { [.pending, .unfinished, .changed].contains($0.standing) } }
}
