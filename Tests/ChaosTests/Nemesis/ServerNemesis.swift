// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation
import Libpq
import TestSupport

/// Kills, freezes and restarts the server and its processes.
final class ServerNemesis: Nemesis {
    private let world: World
    private let faults: FaultLog
    /// Faults are dealt like cards, so that all of them come.
    private let deck = Locked<[Fault]>([])

    private static let cards: [Fault] =
        Array(repeating: .terminate, count: 4) + Array(repeating: .freezeBackend, count: 2) + [
            .cancelBackend, .freezePostmaster, .crash, .restartFast, .restartImmediate, .crowd,
        ]

    init(_ world: World, _ faults: FaultLog) {
        self.world = world
        self.faults = faults
    }

    var pause: ClosedRange<Int> { 50...400 }

    func strike(_ random: inout SeededRandom) async {
        let shuffled = Self.cards.shuffled(using: &random)
        let fault = deck.withLock { deck in
            if deck.isEmpty { deck = shuffled }
            return deck.removeLast()
        }
        let everybody = Set(Lane.allCases)
        switch fault {
        case .terminate, .cancelBackend:
            guard let (process, lane) = await victim(&random) else { return }
            let function = fault == .terminate ? "pg_terminate_backend" : "pg_cancel_backend"
            await faults.during(fault, on: [lane]) { _ = try? await world.server.run("SELECT \(function)(\(process))") }
        case .freezeBackend:
            guard let (process, _) = await victim(&random) else { return }
            // Others wait for the locks it holds.
            await faults.during(.freezeBackend, on: everybody) {
                ServerProcess.freeze(process)
                try? await Task.sleep(for: .milliseconds(random.number(50...1_500)))
                ServerProcess.thaw(process)
            }
        case .freezePostmaster:
            await faults.during(.freezePostmaster, on: everybody) {
                world.server.freezePostmaster()
                try? await Task.sleep(for: .milliseconds(random.number(50...2_000)))
                world.server.thawPostmaster()
            }
        case .crash:
            guard let (process, _) = await victim(&random) else { return }
            await faults.during(.crash, on: everybody) {
                ServerProcess.crash(process)
                await untilItServes()
            }
        case .crowd:
            await faults.during(.crowd, on: everybody) { await crowd(.milliseconds(random.number(100...800))) }
        default:
            let downtime: Duration = .milliseconds(random.once(in: 2) ? 0 : random.number(50...700))
            await faults.during(fault, on: everybody) {
                try? await world.server.halt(fault == .restartFast ? .fast : .immediate)
                try? await Task.sleep(for: downtime)
                try? await world.server.resume()
                await untilItServes()
            }
        }
    }

    /// The process of one of our sessions.
    private func victim(_ random: inout SeededRandom) async -> (Int32, Lane)? {
        let lane = random.pick(Lane.allCases, .plain)
        let query = """
            SELECT pid FROM pg_stat_activity WHERE application_name = 'chaos-\(lane)'
            ORDER BY state <> 'active', random() LIMIT 1
            """
        guard let text = try? await world.server.run(query).first?.first, let process = text.flatMap({ Int32($0) })
        else { return nil }
        return (process, lane)
    }

    private func untilItServes() async {
        for _ in 0..<6_000 {
            if (try? await world.server.run("SELECT 1")) != nil { return }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Takes all the places that the server has.
    private func crowd(_ duration: Duration) async {
        let url = world.server.url
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    _ = try? await TestSession.run("SELECT pg_sleep(\(duration / .seconds(1)))", url: url)
                }
            }
        }
    }
}
