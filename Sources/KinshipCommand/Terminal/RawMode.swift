// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A terminal that gives each key as it is pressed and shows none of them, as long as this is held.
///
/// Ctrl-C is a key like others meanwhile. What is written to the terminal is laid out as ever.
final class RawMode: Sendable {
    private let descriptor: CInt
    private let original: termios
    private let isOver = Mutex(false)

    /// Nil where the descriptor is no terminal.
    init?(_ descriptor: CInt = 0) {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return nil }
        self.descriptor = descriptor
        original = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        settings.c_iflag &= ~tcflag_t(ICRNL | INLCR | IGNCR | IXON | ISTRIP)
        withUnsafeMutableBytes(of: &settings.c_cc) { characters in
            characters[Int(VMIN)] = 1
            characters[Int(VTIME)] = 0
        }
        // What was typed ahead is kept.
        guard tcsetattr(descriptor, TCSADRAIN, &settings) == 0 else { return nil }
    }

    deinit { restore() }

    /// Makes the terminal what it was before.
    func restore() {
        isOver.withLock { isOver in
            guard !isOver else { return }
            isOver = true
            var settings = original
            _ = tcsetattr(descriptor, TCSADRAIN, &settings)
        }
    }
}
