// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What is known of the statements that went through a pool: which only read, and how long the server takes for them.
///
/// A pure value. Of a bounded number of texts: when there are more, it begins anew. One text may ask for a little and for very much, so
/// its times are kept for each ``StatementAmount`` by themselves.
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

    private struct Text {
        var isRead: Bool
        /// Its parameters that say how many rows are asked for.
        var limits: [Int]
    }

    private var places: [StatementKey: Int] = [:]
    private var texts: [Text] = []
    /// The server's times in nanoseconds, the means of the latest ones; nil before the first. Some for each text.
    private var times: [Double?] = []
    /// The number of the first of them.
    private var base = 0

    package init() {}

    /// How a request may use a connection.
    package mutating func kind(of statements: [Statement]) -> PlaceKind {
        guard let first = statements.first, statements.count <= Self.mostStatements else { return .alone }
        var size = 0
        for statement in statements {
            size += statement.parameters.bytes.count
            guard size <= Self.largestValues, statement.preparation == .cached,
                statement.text.utf8.count <= PreparedStatements.longestText, PlainRead.mayBeOne(statement.text)
            else { return .alone }
        }
        guard let number = number(of: first) else { return .alone }
        var texts = QuickTexts(number)
        var time = times[number - base]
        for statement in statements.dropFirst() {
            guard let number = self.number(of: statement) else { return .alone }
            texts.others.append(number)
            time = if let time, let own = times[number - base] { time + own } else { nil }
        }
        // To know one more text may have cost those before it.
        guard texts.first >= base else { return .alone }
        return time.map { $0 <= Self.quick } ?? false ? .quick(texts) : .learning(texts)
    }

    /// The number of a text that only reads, and of how much it is asked for.
    private mutating func number(of statement: Statement) -> Int? {
        let key = StatementKey(statement)
        let place = if let known = places[key] { known } else { take(key, statement) }
        guard texts[place].isRead else { return nil }
        let amount = StatementAmount(of: statement.parameters, limits: texts[place].limits)
        return base + place * StatementAmount.count + amount.rawValue
    }

    private mutating func take(_ key: StatementKey, _ statement: Statement) -> Int {
        if texts.count == Self.mostTexts {
            base += times.count
            texts.removeAll(keepingCapacity: true)
            times.removeAll(keepingCapacity: true)
            places.removeAll(keepingCapacity: true)
        }
        let isRead = PlainRead.isOne(statement.text, functionsAreKnown: statement.isKnownRead)
        texts.append(Text(isRead: isRead, limits: isRead ? StatementAmount.limits(in: statement.text) : []))
        times.append(contentsOf: repeatElement(nil, count: StatementAmount.count))
        places[key] = texts.count - 1
        return texts.count - 1
    }

    /// Takes note of how long the server took for a request.
    package mutating func note(_ texts: QuickTexts, took nanoseconds: Int64) {
        let time = Double(max(0, nanoseconds)) / Double(texts.count)
        note(texts.first, time)
        for other in texts.others { note(other, time) }
    }

    /// Takes note that the server had a request for so long, and would have had it for longer: nobody waited for its end.
    package mutating func note(_ texts: QuickTexts, tookAtLeast nanoseconds: Int64) {
        // Of what might have ended in a moment it says nothing.
        guard Double(nanoseconds) > Self.quick else { return }
        note(texts, took: nanoseconds)
    }

    private mutating func note(_ number: Int, _ time: Double) {
        let index = number - base
        guard times.indices.contains(index) else { return }
        let before = times[index] ?? time
        times[index] = before + (time - before) * Self.weight
    }
}
