// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq
import Foundation

/// How long libpq computes for a password here: the thread sanitizer makes it slow, since it looks at every lock of OpenSSL.
public enum ScramPace {
    /// So many iterations that libpq takes about so much of a processor's time for them.
    public static func iterations(lasting seconds: Double) -> Int { Int(seconds * perSecond) }

    /// In time of this thread, which doesn't go on while others have the processor.
    private static let perSecond: Double = {
        // Never connected: it only keeps the message of an error.
        guard let link = PQconnectStart("host=/nowhere") else { return 1_000_000 }
        defer { PQfinish(link) }
        var rounds = 0.0
        let begun = time
        repeat {
            PQfreemem(PQencryptPasswordConn(link, "words", "fake", "scram-sha-256"))
            rounds += 1
        } while time - begun < 0.05
        // What it does for one password, unless it is told otherwise.
        return rounds * 4096 / (time - begun)
    }()

    private static var time: Double {
        var spec = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spec)
        return Double(spec.tv_sec) + Double(spec.tv_nsec) / 1e9
    }
}
