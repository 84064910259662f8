// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Change {
    /// What is done, part by part, for who explains it.
    var outline: [Fetch.Part] {
        parts.enumerated().map { position, part in
            Fetch.Part(
                name: part.name, action: part.kind, model: part.model,
                takes: part.takes.filter { name in parts[..<position].contains { $0.name == name } },
                lock: part.lock?.rawValue,
                answers: result == .count ? position == parts.count - 1 : answers.contains(part.name))
        }
    }
}

extension ChangePart {
    fileprivate var kind: Fetch.Part.Action {
        switch action {
        case .find: .find
        case .insert: .insert
        case .update: .update
        case .delete: .delete
        }
    }

    fileprivate var lock: RowLock? { if case .find(let find) = action { find.lock } else { nil } }

    /// The parts it takes something of, each once.
    fileprivate var takes: [String] {
        var names: [String] = []
        switch action {
        case .find(let find): names = find.match.parts
        case .delete(let match): names = match.parts
        case .update(let update): names = update.cells.flatMap(\.value.takes) + update.match.parts
        case .insert(let insert):
            names = insert.from + insert.cells.flatMap(\.value.takes) + insert.unless
            names += [insert.counted?.part, insert.after].compactMap(\.self) + (insert.missing?.parts ?? [])
        }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}

extension RowMatch {
    /// The earlier parts that it rests on.
    var parts: [String] {
        keys.flatMap(\.value.takes) + joined.map(\.part) + within.map(\.part)
            + [counted?.part, after, listing?.part].compactMap(\.self)
            + (listed?.keys.flatMap(\.value.takes) ?? []) + (linked?.keys.flatMap(\.value.takes) ?? [])
    }
}

extension ChangeValue {
    fileprivate var takes: [String] {
        switch self {
        case .part(let part, _, _), .computed(.keysAppended(let part, _, _)), .computed(.keysWithout(let part, _, _)),
            .computed(.keysSet(let part, _, _, _)):
            [part]
        case .copied(let copied):
            [copied.part].compactMap(\.self)
                + (copied.key.map(\.value) + [copied.type?.value, copied.otherwise]).flatMap { $0?.takes ?? [] }
        default: []
        }
    }
}
