// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How the migrations of a folder follow each other: those of two branches have been made behind the same one.
struct MigrationBranches {
    /// The name of the last one, in the order in which they are applied.
    let last: String?
    /// Those that no other one was made behind.
    let heads: [String]
    /// The tables behind all of them.
    let state: TableCatalog

    init(_ files: [MigrationFile]) throws(MigrationError) {
        let names = files.map(\.name)
        var parents: [String: [String]] = [:]
        for (index, file) in files.enumerated() {
            let before = index > 0 ? [names[index - 1]] : []
            // One that was renamed since, or says nothing, is the one before it.
            let known = file.after.map { $0.filter(names.contains) }
            let isLost = file.after.map { !$0.isEmpty && known?.isEmpty == true } ?? true
            parents[file.name] = isLost ? before : known
        }
        let states = Dictionary(files.map { ($0.name, $0.state) }, uniquingKeysWith: { first, _ in first })
        let behind = Set(parents.values.joined())
        last = names.last
        heads = names.filter { !behind.contains($0) }
        var merged: (state: TableCatalog, seen: Set<String>)?
        for head in heads {
            let seen = Self.ancestors(of: head, parents)
            let own = states[head] ?? TableCatalog()
            guard let earlier = merged else {
                merged = (own, seen)
                continue
            }
            let common = names.last { earlier.seen.contains($0) && seen.contains($0) }
            let base = common.flatMap { states[$0] } ?? TableCatalog()
            let (state, conflicts) = base.merging(earlier.state, own)
            guard conflicts.isEmpty else {
                throw MigrationError(
                    conflicts.map {
                        MigrationProblem(
                            .branches, $0,
                            "\(head) and a migration of another branch, both made behind \(common ?? "nothing"), make different things of it. Take one of both files away where it isn't applied yet, and make it anew behind the other."
                        )
                    })
            }
            merged = (state, earlier.seen.union(seen))
        }
        state = merged?.state ?? TableCatalog()
    }

    /// A migration and all that it was made behind.
    private static func ancestors(of name: String, _ parents: [String: [String]]) -> Set<String> {
        var found: Set<String> = []
        var open = [name]
        while let next = open.popLast() {
            if found.insert(next).inserted { open += parents[next] ?? [] }
        }
        return found
    }
}
