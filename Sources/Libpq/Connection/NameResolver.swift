// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Looks up the addresses of hosts, on a few threads.
///
/// The system's look-up can't be interrupted. So libpq is never left to make one: it is given addresses. Whoever asks for a name
/// while it is being looked up gets the answer of that look-up, so that a name service which hangs costs one thread for each
/// name, and eight altogether. Nothing is kept afterwards; that is the name service's business.
package final class NameResolver: HostResolver {
    /// Why a name has no addresses, in words.
    package struct Failure: Error {
        package var text: String

        package init(_ text: String) { self.text = text }
    }

    package typealias LookUp = @Sendable (String) -> Result<[String], Failure>

    /// The operating system's: files, DNS, and whatever else it is set up to ask.
    package static let system = NameResolver { SystemNames.addresses(of: $0) }

    private struct Lookup {
        var waiting: [ObjectIdentifier: OneAnswer<[String]>] = [:]
        var isRunning = false
    }

    private struct State {
        var lookups: [String: Lookup] = [:]
        /// Names that wait for a thread.
        var line: [String] = []
        var running = 0
    }

    private enum Start {
        case runs, waits, refused
    }

    private let limit: Int
    private let lookUp: LookUp
    private let state = Locked(State())

    package init(limit: Int = 8, _ lookUp: @escaping LookUp) {
        self.limit = limit
        self.lookUp = lookUp
    }

    /// How many look-ups are under way.
    package var running: Int { state.withLock { $0.running } }

    /// The addresses of a host, in the order they are to be tried.
    ///
    /// - Throws: `ConnectFailure` when there are none, also at `deadline`; `CancellationError`.
    package func addresses(of name: String, until deadline: UInt64) async throws -> [String] {
        let answer = OneAnswer<[String]>(
            deadline: deadline,
            late: { ConnectFailure.lookupTimeout(name) }, givenUp: { [weak self] in self?.giveUp(name) })
        return try await answer.value {
            switch enter(name, answer) {
            case .waits: break
            case .runs:
                if !OwnThread.run("kinship-names", { self.work(name, self.lookUp) }) {
                    work(name) { _ in .failure(Failure("the system has no thread left to look it up")) }
                }
            case .refused:
                answer.finish(.failure(ConnectFailure.lookupsStuck(name, limit)))
            }
        }
    }

    private func enter(_ name: String, _ answer: OneAnswer<[String]>) -> Start {
        state.withLock { state in
            if state.lookups[name] != nil {
                state.lookups[name]?.waiting[ObjectIdentifier(answer)] = answer
                return .waits
            }
            let runs = state.running < limit
            // Nobody waits for those under way any more: they hang, and whoever stood in line would too.
            if !runs, state.lookups.values.allSatisfy({ !$0.isRunning || $0.waiting.values.allSatisfy(\.isOver) }) {
                return .refused
            }
            state.lookups[name] = Lookup(waiting: [ObjectIdentifier(answer): answer], isRunning: runs)
            if runs { state.running += 1 } else { state.line.append(name) }
            return runs ? .runs : .waits
        }
    }

    /// Forgets those who don't wait any more, and what nobody waits for.
    private func giveUp(_ name: String) {
        state.withLock { state in
            guard var lookup = state.lookups[name] else { return }
            lookup.waiting = lookup.waiting.filter { !$0.value.isOver }
            let isForgotten = lookup.waiting.isEmpty && !lookup.isRunning
            state.lookups[name] = isForgotten ? nil : lookup
            if isForgotten { state.line.removeAll { $0 == name } }
        }
    }

    private func work(_ first: String, _ lookUp: LookUp) {
        var next: String? = first
        while let name = next {
            finish(name, lookUp(name))
            next = leave()
        }
    }

    private func finish(_ name: String, _ result: Result<[String], Failure>) {
        let waiting = state.withLock { $0.lookups.removeValue(forKey: name)?.waiting ?? [:] }
        for answer in waiting.values {
            switch result {
            case .success(let addresses): answer.finish(.success(addresses))
            case .failure(let failure): answer.finish(.failure(ConnectFailure.unknownHost(name, failure.text)))
            }
        }
    }

    /// The next name in line, for the same thread; nil gives the thread up.
    private func leave() -> String? {
        state.withLock { state in
            guard let name = state.line.first else {
                state.running -= 1
                return nil
            }
            state.line.removeFirst()
            state.lookups[name]?.isRunning = true
            return name
        }
    }
}
