// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Makes events of the changes of a model, as far as who listens may hear of them.
///
/// What has changed is read, by one filter for all that has come, with the rights and the condition of who listens: a record that isn't
/// shown to them isn't there. That one has gone, or out of their sight, is told to those alone who could see all records.
actor ChangeReader {
    /// How many changes are told at a time.
    private static let batch = 100

    private let exchange: Exchange
    private let condition: JSONValue?
    private let subscription: ChangeSubscription
    private let heart: Task<Void, Never>
    private var isOver = false

    init(_ exchange: Exchange, _ condition: JSONValue?, _ subscription: ChangeSubscription) {
        self.exchange = exchange
        self.condition = condition
        self.subscription = subscription
        let (mailbox, pause) = (subscription.mailbox, exchange.settings.limits.heartbeat)
        heart = Task.detached {
            while (try? await Task.sleep(for: pause)) != nil { mailbox.ring() }
        }
    }

    deinit { heart.cancel() }

    /// The next events, nil after the last one. What goes wrong is the last event, or a gap where it may go right next time.
    func next() async -> [UInt8]? {
        while !isOver {
            do {
                guard let events = try await subscription.mailbox.next(Self.batch) else {
                    isOver = true
                    return Task.isCancelled ? nil : Self.event("end", "null")
                }
                guard !events.isEmpty else { return Array(": \n\n".utf8) }
                let bytes = try await told(events)
                if !bytes.isEmpty { return bytes }
            } catch is CancellationError {
                isOver = true
            } catch {
                if Task.isCancelled { return nil }
                let body = ErrorBody(error, in: exchange.session.schema)
                if [.connection, .contention, .time].contains(body.report.fault) {
                    return Self.event("gap", #"{"reason":"unread"}"#)
                }
                isOver = true
                return Self.event("error", String(decoding: body.json, as: UTF8.self))
            }
        }
        return nil
    }

    private func told(_ events: [ChangeEvent]) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        var changes: [RecordChange] = []
        for event in events {
            switch event {
            case .change(let change): changes.append(change)
            case .gap(let reason): bytes += Self.event("gap", "{\"reason\":\"\(reason.rawValue)\"}")
            }
        }
        // Who may hear nothing any more hears of no gap either.
        var own = try await exchange.decidedAnew(condition)
        own.session = own.session.decidingOnce
        if !changes.isEmpty { bytes += try await told(changes, own) }
        return bytes
    }

    /// What has happened to one record.
    private struct Story {
        let key: JSONValue
        let begin: RecordChange.Kind
        var place: Int
    }

    private func told(_ changes: [RecordChange], _ exchange: Exchange) async throws -> [UInt8] {
        let (session, model) = (exchange.session, exchange.model)
        var stories: [[BoundValue]: Story] = [:]
        for (place, change) in changes.enumerated() {
            // Anybody in the database can notify; what can't be a key is nobody's.
            guard let values = try? session.keyValues(change.key, of: model.name) else { continue }
            stories[values, default: Story(key: change.key, begin: change.kind, place: place)].place = place
        }
        let sorted = stories.sorted { $0.value.place < $1.value.place }
        guard !sorted.isEmpty else { return [] }
        let graph = try await session.find(model.name, filter: exchange.changed(sorted.map(\.value.key), condition))
        var records: [[BoundValue]: JSONValue] = [:]
        for record in try JSONValue(parsing: graph.json(), maximumDepth: 512).elements ?? [] {
            let values = try session.keyValues(key(of: record, model), of: model.name)
            records.updateValue(record, forKey: values)
        }
        let isMissing = sorted.contains { records[$0.key] == nil && $0.value.begin != .create }
        let seesAll = isMissing ? try await session.sight(of: model.name).isOfAllRows : false
        return sorted.reduce(into: []) { bytes, story in
            if let record = records[story.key] {
                let kind: RecordChange.Kind = story.value.begin == .create ? .create : .update
                bytes += Self.event(kind, key(of: record, model), record)
            } else if seesAll, story.value.begin != .create {
                bytes += Self.event(.remove, story.value.key, .none)
            }
        }
    }

    private func key(of record: JSONValue, _ model: Model) -> JSONValue {
        let names = model.primaryKey.map { model.properties[$0].name }
        let values = names.map { record[$0] ?? .null }
        return values.count == 1 ? values[0] : .object(zip(names, values).map { .init($0, $1) })
    }

    // MARK: Bytes

    private static func event(_ kind: RecordChange.Kind, _ target: JSONValue, _ data: JSONValue?) -> [UInt8] {
        var members: [JSONValue.Member] = [.init("target", target)]
        if let data { members.append(.init("data", data)) }
        members.append(.init("type", .string(kind.rawValue)))
        return event("data", JSONValue.object(members).description)
    }

    /// An event; its data are JSON, which has no line breaks.
    private static func event(_ name: String, _ data: String) -> [UInt8] {
        Array("event: \(name)\ndata: \(data)\n\n".utf8)
    }
}
