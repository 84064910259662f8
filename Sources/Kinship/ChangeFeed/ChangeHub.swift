// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import RelationPlanner

/// Hears of changes for all who listen, on one connection: there is none while nobody does.
final class ChangeHub: Sendable {
    private struct Listener {
        let source: ChangeSource
        let mailbox: ChangeMailbox
    }

    private struct State {
        var listeners: [Int: Listener] = [:]
        var next = 0
        var task: Task<Void, Never>?
        /// Looks now and then whether the triggers are still there.
        var looks: Task<Void, Never>?
        /// How often.
        var pause = Duration.seconds(60)
        /// Which task it is: one that is ending has nothing to say any more.
        var run = 0
        var isListening = false
        var isClosed = false
    }

    private let configuration: ConnectionConfiguration
    private let watch: ChangeWatch
    private let logger: Logger
    private let state = Locked(State())

    init(_ configuration: ConnectionConfiguration, _ watch: ChangeWatch, logger: Logger) {
        var configuration = configuration
        // Who looks at the server's sessions sees which one it is.
        configuration.applicationName = (configuration.applicationName ?? "kinship") + " changes"
        self.configuration = configuration
        self.watch = watch
        self.logger = logger
    }

    deinit { for task in state.withLock({ [$0.task, $0.looks] }) { task?.cancel() } }

    /// Whether there is a connection, or one is being made.
    var isOpen: Bool { state.withLock { $0.task != nil } }

    /// How often it is looked whether the triggers are still there, from the next time on.
    var pause: Duration {
        get { state.withLock { $0.pause } }
        set { state.withLock { $0.pause = newValue } }
    }

    /// Listens to the changes of a model until the subscription is let go of.
    func subscribe(to source: ChangeSource, of tenancy: Tenancy.Value, limit: Int) -> ChangeSubscription {
        let mailbox = ChangeMailbox(limit: limit)
        let (number, isListening, isClosed) = state.withLock { state in
            state.next += 1
            guard !state.isClosed else { return (state.next, false, true) }
            state.listeners[state.next] = Listener(source: source, mailbox: mailbox)
            if state.task == nil { begin(&state) }
            return (state.next, state.isListening, false)
        }
        if isListening { mailbox.begin(.started) }
        if isClosed { mailbox.close() }
        return ChangeSubscription(mailbox, of: tenancy) { [weak self] in self?.leave(number) }
    }

    /// Ends all subscriptions, and takes no more.
    func close() {
        let (tasks, mailboxes) = state.withLock { state in
            state.isClosed = true
            defer { (state.listeners, state.task, state.looks) = ([:], nil, nil) }
            return ([state.task, state.looks], state.listeners.values.map(\.mailbox))
        }
        for task in tasks { task?.cancel() }
        for mailbox in mailboxes { mailbox.close() }
    }

    private func leave(_ number: Int) {
        let tasks = state.withLock { state in
            state.listeners[number] = nil
            guard state.listeners.isEmpty else { return [Task<Void, Never>?]() }
            defer { (state.task, state.looks, state.isListening) = (nil, nil, false) }
            return [state.task, state.looks]
        }
        for task in tasks { task?.cancel() }
    }

    private func begin(_ state: inout State) {
        state.run += 1
        state.isListening = false
        let (configuration, logger, run) = (configuration, logger, state.run)
        state.task = Task.detached { [weak self] in
            do {
                let listener = try NotificationListener(
                    configuration, channels: [ChangeTrigger.channel], logger: logger)
                for try await event in listener { self?.hear(event, run) }
            } catch {
                self?.fail(error, run)
            }
        }
        state.looks = Task.detached { [weak self] in
            while let pause = self?.pause, (try? await Task.sleep(for: pause)) != nil { await self?.look(run) }
        }
    }

    /// Looks at the tables that are listened to, each once however many listen. Where a look fails the next one counts.
    private func look(_ run: Int) async {
        let known = listeners(run)
        let tables = Set(known.map(\.source.table))
        guard !tables.isEmpty, let silent = try? await watch.silent(among: tables) else { return }
        for listener in known where silent.contains(listener.source.table) {
            listener.mailbox.close(ChangeError(model: listener.source.model))
        }
    }

    private func hear(_ event: NotificationListener.Event, _ run: Int) {
        switch event {
        case .notification(let notification):
            guard let payload = ChangePayload(notification.payload) else { return }
            for listener in listeners(run) {
                if let event = listener.source.event(payload) { listener.mailbox.put(event) }
            }
        case .mayHaveMissed(let reason):
            let told: ChangeEvent.Reason = reason == .overflow ? .overflow : .reconnected
            let listeners = state.withLock { state in
                guard state.run == run else { return [ChangeMailbox]() }
                state.isListening = true
                return state.listeners.values.map(\.mailbox)
            }
            for mailbox in listeners { mailbox.begin(told) }
        }
    }

    private func listeners(_ run: Int) -> [Listener] {
        state.withLock { $0.run == run ? Array($0.listeners.values) : [] }
    }

    /// There is no connection to be had; who asks next tries again.
    private func fail(_ error: any Error, _ run: Int) {
        let mailboxes = state.withLock { state in
            guard state.run == run else { return [ChangeMailbox]() }
            defer { (state.listeners, state.task) = ([:], nil) }
            state.looks.take()?.cancel()
            return state.listeners.values.map(\.mailbox)
        }
        for mailbox in mailboxes { mailbox.close(error) }
    }
}
