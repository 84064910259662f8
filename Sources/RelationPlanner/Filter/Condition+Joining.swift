// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Condition {
    /// All of them; one alone as it is, none is true.
    static func all(of conditions: [Condition]) -> Condition {
        let kept = conditions.filter { $0 != .always }
        return switch kept.count {
        case 0: .always
        case 1: kept[0]
        default: .all(kept)
        }
    }

    /// Both; what is true for every row is left out. However many are put together this way, they are no deeper than one.
    func and(_ other: Condition) -> Condition {
        guard case .all(let conditions) = self, other != .always else { return Condition.all(of: [self, other]) }
        return .all(conditions + [other])
    }
}
