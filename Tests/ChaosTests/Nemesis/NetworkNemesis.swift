// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// Cuts, stalls and slows what goes through a proxy.
final class NetworkNemesis: Nemesis {
    private let proxy: TCPProxy
    private let lanes: Set<Lane>
    private let faults: FaultLog
    private let deck = Locked<[Fault]>([])

    private static let cards: [Fault] =
        Array(repeating: .cutLater, count: 6) + Array(repeating: .cut, count: 2) + Array(repeating: .stall, count: 2)
        + [
            .swallow, .slow, .refuse,
        ]

    init(_ proxy: TCPProxy, _ lanes: Set<Lane>, _ faults: FaultLog) {
        self.proxy = proxy
        self.lanes = lanes
        self.faults = faults
    }

    var pause: ClosedRange<Int> { 50...900 }

    func strike(_ random: inout SeededRandom) async {
        let shuffled = Self.cards.shuffled(using: &random)
        let fault = deck.withLock { deck in
            if deck.isEmpty { deck = shuffled }
            return deck.removeLast()
        }
        let direction = random.pick([nil, .toServer, .toClient] as [TCPProxy.Direction?], nil)
        let duration: Duration = .milliseconds(random.number(20...1_200))
        let bytes = random.number(0...20_000)
        await faults.during(fault, on: lanes) {
            switch fault {
            case .cut: proxy.cut()
            case .cutLater:
                // In the midst of a message, or wherever so many bytes end.
                proxy.cut(after: bytes, direction ?? .toClient)
                try? await Task.sleep(for: .milliseconds(300))
            case .stall:
                proxy.pause(direction)
                try? await Task.sleep(for: duration)
                proxy.resume(direction)
            case .swallow:
                proxy.swallow(direction)
                try? await Task.sleep(for: duration)
                // A network loses connections, but nothing in the midst of one.
                proxy.cut()
                proxy.resume(direction)
            case .slow:
                proxy.slow(direction, perByte: .microseconds(20))
                try? await Task.sleep(for: duration)
                proxy.resume(direction)
            default:
                proxy.refuse()
                proxy.cut()
                try? await Task.sleep(for: duration)
                proxy.refuse(false)
            }
        }
    }
}
