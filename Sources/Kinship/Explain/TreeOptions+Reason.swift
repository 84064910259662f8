// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension TreeOptions {
    /// Why a plan has its strategy, in a sentence.
    func reason(for plan: Plan, roundTrip: Duration, isPoint: Bool, catalog: Catalog? = nil) -> String {
        if plan.fetches.count(where: { $0.local == nil }) == 1 { return "one statement, so there is nothing to choose" }
        if plan.fetches.allSatisfy(\.keys.isEmpty) {
            return "no statement waits for keys of another, so all go out at once"
        }
        if catalog?.losesSettings == true {
            return "keys that were handed over on the server did not reach the next statement"
        }
        if catalog?.isDistributed == true {
            return "tables are spread over several servers, which see no keys that are handed over"
        }
        if strategy != nil { return "\(plan.strategy.rawValue) was asked for" }
        if isPoint { return "the root is one record: its tree is cheapest in one round trip" }
        let limit = Self.worthwhileRoundTrip.inMilliseconds
        if roundTrip >= Self.worthwhileRoundTrip {
            return
                "a round trip takes \(roundTrip.inMilliseconds); from \(limit) on, one for the whole tree is faster"
        }
        return
            "a round trip takes \(roundTrip.inMilliseconds); below \(limit), one for each level costs less than handing keys over"
    }

    /// What the statements see of others, nil when there is nothing to say.
    func snapshotNote(for plan: Plan) -> String? {
        guard snapshot == .consistent, plan.fetches.count > 1 else { return nil }
        let ends =
            plan.waves.count > 1
            ? "whose end takes a round trip more" : "whose beginning and end travel with the statements"
        return "all statements see one snapshot, in a REPEATABLE READ READ ONLY transaction \(ends)"
    }
}

extension Duration {
    /// `0.41 ms`.
    var inMilliseconds: String { "\(milliseconds) ms" }

    /// Milliseconds, rounded to hundredths.
    var milliseconds: Double { (self / .milliseconds(1) * 100).rounded() / 100 }
}
