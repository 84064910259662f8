// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What is known of the statements that went through a pool: which only read, and how long the server takes for them.
///
/// A pure value. Of a bounded number of texts: when there are more, it begins anew.
package struct StatementHistory {
    /// How many texts are known.
    static let mostTexts = 1_000
    /// The most statements of one request that go behind others.
    static let mostStatements = 8
    /// The most bytes of values: what is larger could fill the sockets of both sides.
    static let largestValues = 64 * 1024
    /// Up to which time, in nanoseconds, a request is a quick one.
    static let quick = 2_000_000.0
    /// How much the latest time counts: a text that was slow once is quick again after some fifteen quick ones.
    static let weight = 0.1

    private struct Entry {
        var isRead: Bool
        /// The server's time in nanoseconds, the mean of the latest ones; nil before the first.
        var time: Double?
    }

    private var numbers: [StatementKey: Int] = [:]
    private var entries: [Entry] = []
    /// The number of the first entry.
    private var base = 0

    package init() {}

    /// How a request may use a connection.
    package mutating func kind(of statements: [Statement]) -> PlaceKind {
        guard let first = statements.first, statements.count <= Self.mostStatements else { return .alone }
        var size = 0
        for statement in statements {
            size += statement.parameters.bytes.count
            guard size <= Self.largestValues, statement.preparation == .cached,
                statement.text.utf8.count <= PreparedStatements.longestText
            else { return .alone }
        }
        guard let number = number(of: first) else { return .alone }
        var texts = QuickTexts(number)
        var time = entries[number - base].time
        for statement in statements.dropFirst() {
            guard let number = self.number(of: statement) else { return .alone }
            texts.others.append(number)
            time = if let time, let own = entries[number - base].time { time + own } else { nil }
        }
        // To know one more text may have cost those before it.
        guard texts.first >= base else { return .alone }
        return time.map { $0 <= Self.quick } ?? false ? .quick(texts) : .learning(texts)
    }

    /// The number of a text that only reads.
    private mutating func number(of statement: Statement) -> Int? {
        let key = StatementKey(statement)
        if let number = numbers[key] { return entries[number - base].isRead ? number : nil }
        if entries.count == Self.mostTexts {
            base += entries.count
            entries.removeAll(keepingCapacity: true)
            numbers.removeAll(keepingCapacity: true)
        }
        let isRead = PlainRead.isOne(statement.text, functionsAreKnown: statement.isKnownRead)
        entries.append(Entry(isRead: isRead))
        numbers[key] = base + entries.count - 1
        return isRead ? base + entries.count - 1 : nil
    }

    /// Takes note of how long the server took for a request.
    package mutating func note(_ texts: QuickTexts, took nanoseconds: Int64) {
        let time = Double(max(0, nanoseconds)) / Double(texts.count)
        note(texts.first, time)
        for other in texts.others { note(other, time) }
    }

    private mutating func note(_ number: Int, _ time: Double) {
        let index = number - base
        guard entries.indices.contains(index) else { return }
        let before = entries[index].time ?? time
        entries[index].time = before + (time - before) * Self.weight
    }
}
