// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Logging

/// Makes events of the changes of a model, as far as who listens may hear of them.
///
/// What has changed is read, by one filter for all that has come, with the rights and the condition of who listens: a record that isn't
/// shown to them isn't there. That one has gone, or out of their sight, is told to those alone who could see all records: all of their
/// tenant's, where records are a tenant's.
///
/// Who listens, and with which rights, is decided anew for all that is told, at each sign of life, and when a token ends: a stream that nothing
/// comes to ends too.
actor ChangeReader {
    private let exchange: Exchange
    private let condition: JSONValue?
    private let subscription: ChangeSubscription
    private let heart: Task<Void, Never>
    /// Rings when the token of who listens is over.
    private var alarm: Task<Void, Never>?
    /// What has changed is being read, and what has come of it.
    private var reading: Task<Void, Never>?
    private var outcome: Result<[UInt8], any Error>?
    /// Whether nothing has changed, and it is only asked who listens.
    private var isCheck = false
    /// The memory of what was told last, until more is asked for.
    private var held: HeldBytes.Share?
    private var isOver = false

    init(_ exchange: Exchange, _ condition: JSONValue?, _ subscription: ChangeSubscription) {
        self.exchange = exchange
        self.condition = condition
        self.subscription = subscription
        let (mailbox, pause) = (subscription.mailbox, exchange.settings.limits.heartbeat)
        heart = Task.detached {
            while (try? await Task.sleep(for: pause)) != nil { mailbox.ring() }
        }
        alarm = Self.alarm(at: exchange.rules?.identity?.expiry, mailbox)
    }

    deinit {
        heart.cancel()
        alarm?.cancel()
    }

    /// A while later at the least, so that clocks that differ ask a few times and not without end.
    private static func alarm(at expiry: ContinuousClock.Instant?, _ mailbox: ChangeMailbox) -> Task<Void, Never>? {
        guard let expiry else { return nil }
        return Task.detached {
            let end = max(expiry, .now + .milliseconds(20))
            if (try? await Task.sleep(until: end, clock: .continuous)) != nil { mailbox.ring() }
        }
    }

    /// The error of a model whose keys aren't shown to who asks.
    static func keysAreHidden(_ model: Model) -> PlannerError {
        PlannerError(
            .prohibitedProperty,
            "The keys of \(model.name) aren't shown, so that nobody can be told which record has changed.",
            model: model.name)
    }

    /// The next events, nil after the last one; a comment where a sign of life is due. What goes wrong is the last event, or a gap where it may
    /// go right next time.
    func next() async -> [UInt8]? {
        if reading == nil { held = nil }
        while !isOver {
            do {
                if reading == nil {
                    guard let events = try await subscription.mailbox.next(Exchange.changesAtOnce) else {
                        isOver = true
                        return Task.isCancelled ? nil : Self.event("end", "null")
                    }
                    read(events)
                    // A sign of life is given whatever comes of asking who listens.
                    if isCheck { return Self.comment }
                }
                guard let bytes = try await whatWasRead() else { return Self.comment }
                if !bytes.isEmpty { return bytes }
            } catch is CancellationError {
                isOver = true
            } catch {
                if Task.isCancelled { return nil }
                let body = ErrorBody(error, in: exchange.session.schema)
                let isTooMuch = body.report.code == PlannerError.Code.resultTooLarge.rawValue
                if isTooMuch || [.connection, .contention, .time, .cancellation].contains(body.report.fault) {
                    // Where nothing has changed nothing is missing; who listens is asked at the next sign of life.
                    if isCheck { continue }
                    return Self.unread
                }
                isOver = true
                if body.report.status >= 500, body.report.fault != .request {
                    exchange.settings.logger.error("A stream of changes ends: \(body.report)")
                }
                return Self.event("error", String(decoding: body.json, as: UTF8.self))
            }
        }
        return nil
    }

    /// Begins to read what has changed, or to ask who listens: when it has its turn, and beside the signs of life.
    private func read(_ events: [ChangeEvent]) {
        let settings = exchange.settings
        isCheck = events.isEmpty
        reading = Task {
            do {
                let bytes = try await Deadline.run(
                    settings.limits.time,
                    RESTError(.requestTimeout, "What has changed took longer to read than it may.")
                ) {
                    try await settings.changes.reads.run { try await self.told(events) }
                }
                outcome = .success(bytes)
            } catch {
                outcome = .failure(error)
            }
            subscription.mailbox.wake()
        }
    }

    /// Waits for it; nil where a sign of life is due before.
    private func whatWasRead() async throws -> [UInt8]? {
        while outcome == nil {
            guard let isDue = await subscription.mailbox.nextRing() else {
                reading?.cancel()
                throw CancellationError()
            }
            if isDue, outcome == nil { return nil }
        }
        defer { (reading, outcome) = (nil, nil) }
        return try outcome?.get()
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
        let own = try await exchange.decidedAnew(condition, subscription)
        alarm?.cancel()
        alarm = Self.alarm(at: own.rules?.identity?.expiry, subscription.mailbox)
        guard !changes.isEmpty else { return bytes }
        do {
            return bytes + (try await told(changes, own))
        } catch {
            throw own.rules?.told(error) ?? error
        }
    }

    /// What has happened to one record.
    private struct Story {
        let key: JSONValue
        let begin: RecordChange.Kind
        var place: Int
        /// Whether nothing is known but that it was made: nobody has seen it otherwise.
        var isOfMaking: Bool
    }

    private func told(_ changes: [RecordChange], _ exchange: Exchange) async throws -> [UInt8] {
        let (session, model) = (exchange.session, exchange.model)
        var bytes: [UInt8] = []
        var stories: [[BoundValue]: Story] = [:]
        for (place, change) in changes.enumerated() {
            // Written in a way that isn't read here, or by somebody else than a trigger.
            guard let values = try? session.keyValues(change.key, of: model.name) else {
                bytes = Self.unread
                continue
            }
            if stories[values] == nil {
                stories[values] = Story(
                    key: change.key, begin: change.kind, place: place, isOfMaking: change.kind == .create)
            } else {
                stories[values]?.place = place
                stories[values]?.isOfMaking = false
            }
        }
        guard !stories.isEmpty else { return bytes }
        let sorted = stories.sorted { $0.value.place < $1.value.place }
        let graph = try await exchange.changed(sorted.map(\.value.key), condition)
        held = try exchange.settings.held.take(graph.memorySize)
        var records: [[BoundValue]: JSONValue] = [:]
        for record in try JSONValue(parsing: graph.json(), maximumDepth: 512).elements ?? [] {
            guard let key = key(of: record, model) else { throw Self.keysAreHidden(model) }
            // A key that triggers write in another way than it is shown: which record it is can't be told.
            guard let values = try? session.keyValues(key, of: model.name), stories[values] != nil else {
                return Self.unread
            }
            records.updateValue(record, forKey: values)
        }
        if !Self.isFoundAgain(model), sorted.contains(where: { records[$0.key] == nil }) { return Self.unread }
        let isMissing = sorted.contains { records[$0.key] == nil && !$0.value.isOfMaking }
        let sight = isMissing ? try await session.sight(of: model.name) : nil
        let seesAll = sight.map { $0.isOfAllRows && $0.isOfKeys } ?? false
        for story in sorted {
            if let record = records[story.key] {
                let kind: RecordChange.Kind = story.value.begin == .create ? .create : .update
                bytes += Self.event(kind, key(of: record, model) ?? .null, record)
            } else if seesAll, !story.value.isOfMaking {
                bytes += Self.event(.remove, story.value.key, .none)
            }
        }
        return bytes
    }

    /// Whether a key finds its record as triggers write it. Times are finer than they are written here, and what is read as text can be written in
    /// several ways: of such a record that isn't found nobody knows whether it is gone.
    private static func isFoundAgain(_ model: Model) -> Bool {
        model.primaryKey.allSatisfy { part in
            switch model.properties[part].columnType.category {
            case .int2, .int4, .int8, .numeric, .text, .uuid, .enumeration, .bool: true
            default: false
            }
        }
    }

    /// The key as it is shown; nil where it isn't.
    private func key(of record: JSONValue, _ model: Model) -> JSONValue? {
        let names = model.primaryKey.map { model.properties[$0].name }
        let values = names.map { record[$0] ?? .null }
        guard !values.contains(.null) else { return .none }
        return .some(values.count == 1 ? values[0] : .object(zip(names, values).map { .init($0, $1) }))
    }

    // MARK: Bytes

    /// A sign of life.
    private static var comment: [UInt8] { Array(": \n\n".utf8) }

    /// What stands for changes that couldn't be read.
    private static var unread: [UInt8] { event("gap", #"{"reason":"unread"}"#) }

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
