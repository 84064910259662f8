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
        /// The name it was applied under, of one that was renamed since.
        public var formerName: String?
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
        /// It was applied, or began to be, under another name that has no file any more.
        case renamed
        /// It was applied, and there is no file of it here.
        case missing
    }

    /// The migrations in the order of their names; those without files are where they were applied.
    public let entries: [Entry]

    private let names: Set<String>

    /// - Parameter texts: what is known of the texts of records that have no file, by number.
    init(_ files: [MigrationFile], _ records: [MigrationRecord], texts: [Int: String] = [:]) {
        let latest = Dictionary(records.map { ($0.name, $0) }, uniquingKeysWith: { newer, _ in newer })
        let names = Set(files.map(\.name))
        self.names = names
        var lost = records.filter { !names.contains($0.name) && latest[$0.name] == $0 }
        var own: [Entry] = []
        for file in files.sorted(by: { $0.name < $1.name }) {
            guard let record = latest[file.name] else {
                // A file that says what was applied under a name that is gone isn't another one.
                let former = lost.firstIndex { Self.isSame(file, $0, texts[$0.id]) }
                if let record = former.map({ lost.remove(at: $0) }) {
                    own.append(
                        Entry(name: file.name, standing: .renamed, started: record.started, formerName: record.name))
                } else {
                    own.append(Entry(name: file.name, standing: .pending))
                }
                continue
            }
            let isSame = record.checksum == file.checksum
            let standing: Standing = record.finished == nil ? .unfinished : isSame ? .applied : .changed
            own.append(Entry(name: file.name, standing: standing, started: record.started))
        }
        // What wasn't made of files, such as the state that was taken as it is, is nobody's file.
        entries =
            lost.reversed().map { record in
                let standing: Standing =
                    record.finished == nil
                    ? .unfinished : MigrationFolder.isNumbered(record.name) ? .missing : .applied
                return Entry(name: record.name, standing: standing, started: record.started)
            } + own
    }

    /// Whether every file is applied as it is.
    public var isCurrent: Bool {
        !entries.contains { [.pending, .unfinished, .changed, .renamed].contains($0.standing) }
    }

    /// What is to be done: pending, unfinished and renamed files.
    public var open: [Entry] {
        entries.filter { [.pending, .unfinished, .renamed].contains($0.standing) && names.contains($0.name) }
    }

    func hasFile(_ name: String) -> Bool { names.contains(name) }

    /// The records that have no file; none where there is no new file either.
    func lost(among records: [MigrationRecord]) -> [MigrationRecord] {
        guard entries.contains(where: { [.pending, .renamed].contains($0.standing) }) else { return [] }
        return records.filter { !names.contains($0.name) && MigrationFolder.isNumbered($0.name) }
    }

    /// Whether a file is what was applied: its text, or its statements, for a remark may have its name.
    private static func isSame(_ file: MigrationFile, _ record: MigrationRecord, _ text: String?) -> Bool {
        guard !file.statements.isEmpty else { return false }
        if record.checksum == file.checksum { return true }
        guard let text else { return false }
        return SQLScript(file.kept).statements == SQLScript(text).statements
    }
}
