// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The statements prepared on one connection: a bounded cache that forgets the least recently used one.
///
/// A pure value: it says which names exist on the server and which have to be closed there; sending is the connection's.
/// Look-up, insertion and removal are O(1).
struct PreparedStatements {
    /// Texts longer than this are not worth the server's memory.
    static let longestText = 16 * 1024

    /// A statement that is kept.
    struct Kept {
        var name: StatementName
        var command: ExpectedCommand
        /// Where it is kept.
        var index: Int
    }

    private struct Entry {
        var key: StatementKey
        var name: StatementName
        var command: ExpectedCommand
        /// The columns of its results, as far as they are known: they never change while it is prepared.
        var shape: UInt64?
        var previous: Int
        var next: Int
        /// The flight that used it last: within one flight an entry in use is not given up.
        var flight: UInt64
    }

    private let limit: Int
    private var indices: [StatementKey: Int] = [:]
    private var entries: [Entry] = []
    private var freeIndices: [Int] = []
    private var newest = -1
    private var oldest = -1
    /// Statements with a column that has no binary form: their results are asked for as text.
    private var textResults: Set<String> = []

    /// Whether a statement found no room because nothing could be closed on the server.
    private var needsRoom = false

    /// Names that exist on the server and are no longer wanted.
    private(set) var unwanted: [StatementName] = []

    /// How many statements are kept.
    var count: Int { indices.count }

    /// - Parameter limit: how many statements to keep, 0 for none.
    init(limit: Int) { self.limit = max(0, limit) }

    /// A statement prepared earlier, which becomes the most recently used one.
    mutating func find(_ key: StatementKey, flight: UInt64) -> Kept? {
        guard limit > 0, let index = indices[key] else { return nil }
        entries[index].flight = flight
        if newest != index {
            unlink(index)
            linkAsNewest(index)
        }
        return kept(index)
    }

    private func kept(_ index: Int) -> Kept {
        Kept(name: entries[index].name, command: entries[index].command, index: index)
    }

    /// Takes in a statement that is about to be prepared.
    ///
    /// - Parameter mayEvict: whether the name that makes room can be closed on the server now. If not, room is made with
    ///   the next flight that can, so that the server never keeps more than the limit.
    /// - Returns: nil when it is not worth keeping, or when there is no room for it in this flight.
    mutating func insert(_ key: StatementKey, flight: UInt64, mayEvict: Bool) -> Kept? {
        guard limit > 0, key.text.utf8.count <= Self.longestText, StatementKind.of(key.text) == .rows else {
            return nil
        }
        if indices.count + (mayEvict ? 0 : unwanted.count) >= limit {
            guard mayEvict else {
                needsRoom = true
                return nil
            }
            guard oldest >= 0, entries[oldest].flight != flight else { return nil }
            evictOldest()
        }
        let name = StatementName(key)
        // It is there still, perhaps stale, until it can be closed.
        guard mayEvict || !unwanted.contains(name) else { return nil }
        let entry = Entry(
            key: key, name: name, command: .of(key.text), shape: nil, previous: -1, next: -1, flight: flight)
        let index: Int
        if let free = freeIndices.popLast() {
            entries[free] = entry
            index = free
        } else {
            entries.append(entry)
            index = entries.count - 1
        }
        indices[key] = index
        linkAsNewest(index)
        return kept(index)
    }

    /// Takes note of the columns of a statement's result.
    ///
    /// - Returns: whether they are those that it had before.
    mutating func note(shape: UInt64, of name: StatementName, at index: Int) -> Bool {
        // Forgotten in the meantime, its place may be free or another's.
        guard entries.indices.contains(index), entries[index].name == name else { return true }
        guard let known = entries[index].shape else {
            entries[index].shape = shape
            return true
        }
        return known == shape
    }

    /// Forgets a statement.
    ///
    /// - Parameter isOnServer: whether it is to be closed there.
    mutating func remove(_ key: StatementKey, _ name: StatementName?, isOnServer: Bool) {
        if let index = indices[key] { removeEntry(at: index) }
        if isOnServer, let name, !unwanted.contains(name) { unwanted.append(name) }
    }

    /// Forgets all statements.
    ///
    /// - Parameter areOnServer: whether they are to be closed there.
    mutating func removeAll(areOnServer: Bool) {
        if areOnServer {
            unwanted.append(contentsOf: indices.values.map { entries[$0].name })
        } else {
            unwanted.removeAll()
        }
        indices.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        freeIndices.removeAll(keepingCapacity: true)
        newest = -1
        oldest = -1
    }

    /// Makes the room that was missed, an eighth of all, when names can be closed on the server again.
    mutating func makeRoom() {
        guard needsRoom else { return }
        needsRoom = false
        for _ in 0..<max(1, limit / 8) where oldest >= 0 { evictOldest() }
    }

    /// A name could not be closed yet. One that has been prepared anew meanwhile is wanted.
    mutating func closeLater(_ name: StatementName) {
        guard !unwanted.contains(name), !indices.values.contains(where: { entries[$0].name == name }) else { return }
        unwanted.append(name)
    }

    /// The closing of all unwanted names has been sent.
    mutating func forgetUnwanted() { unwanted.removeAll(keepingCapacity: true) }

    /// Asks for this text's results in text form from now on.
    mutating func useTextResults(_ text: String) {
        // A bound, not a policy: such columns belong to system catalogues.
        if textResults.count >= 256 { textResults.removeAll() }
        textResults.insert(text)
    }

    /// Whether results of this text are asked for in text form.
    func usesTextResults(_ text: String) -> Bool { !textResults.isEmpty && textResults.contains(text) }

    private mutating func evictOldest() {
        unwanted.append(entries[oldest].name)
        removeEntry(at: oldest)
    }

    private mutating func removeEntry(at index: Int) {
        unlink(index)
        indices.removeValue(forKey: entries[index].key)
        freeIndices.append(index)
    }

    private mutating func unlink(_ index: Int) {
        let (previous, next) = (entries[index].previous, entries[index].next)
        if previous >= 0 { entries[previous].next = next } else { newest = next }
        if next >= 0 { entries[next].previous = previous } else { oldest = previous }
    }

    private mutating func linkAsNewest(_ index: Int) {
        entries[index].previous = -1
        entries[index].next = newest
        if newest >= 0 { entries[newest].previous = index } else { oldest = index }
        newest = index
    }
}
