// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Holds a history against what is in the tables, and errors against what was done.
enum Judge {
    /// What is wrong with the rows of the ledger.
    static func findings(_ writes: [Int64: Write], ledger: [LedgerRow]) -> [Finding] {
        var findings: [Finding] = []
        let found = Dictionary(grouping: ledger, by: \.token)
        for (token, rows) in found where writes[token] == nil {
            findings.append(Finding(.ghost, "nobody wrote token \(token), which has \(rows.count) rows"))
        }
        for (token, write) in writes {
            if let finding = finding(token, write, rows: found[token] ?? []) { findings.append(finding) }
        }
        return findings
    }

    private static func finding(_ token: Int64, _ write: Write, rows: [LedgerRow]) -> Finding? {
        func finding(_ kind: Finding.Kind) -> Finding {
            let outcome = write.outcome.rawValue + (write.reason.map { " (\($0))" } ?? "")
            return Finding(kind, "\(write.worker), token \(token), \(outcome): wrote \(write.rows), there are \(rows)")
        }
        if Set(rows).count < rows.count { return finding(.doubled) }
        if !Set(rows).isSubset(of: write.rows) { return finding(.altered) }
        let isComplete = rows.count == write.rows.count
        switch write.outcome {
        case .acknowledged: return isComplete ? nil : finding(.lost)
        case .refused: return rows.isEmpty ? nil : finding(.undead)
        case .unknown, .pending: return rows.isEmpty || isComplete ? nil : finding(.torn)
        }
    }

    /// What is wrong with the balances of accounts, their entries, and what the ledger says was moved.
    static func findings(
        balances: [Int32: Int64], entries: [Int32: Int64], ledger: [LedgerRow]
    ) -> [Finding] {
        var moved: [Int32: Int64] = [:]
        for row in ledger where row.account != 0 { moved[row.account, default: 0] += row.amount }
        return Set(balances.keys).union(moved.keys).union(entries.keys).sorted().compactMap { account in
            let numbers = [balances[account] ?? 0, entries[account] ?? 0, moved[account] ?? 0]
            return Set(numbers).count == 1
                ? nil
                : Finding(
                    .unbalanced,
                    "account \(account) has \(numbers[0]), its entries \(numbers[1]), the ledger says \(numbers[2])")
        }
    }

    /// What is wrong with an answer.
    static func finding(_ question: Question, answer: [[String]]) -> Finding? {
        let expected = question.expected
        guard answer != expected else { return nil }
        let what = "asked for \(question.tag) (\(question.shape)), got \(brief(answer)), not \(brief(expected))"
        let tags = Set(answer.map { $0.first ?? "" })
        return Finding(tags == ["\(question.tag)"] ? .altered : .swapped, what)
    }

    private static func brief(_ answer: [[String]]) -> String {
        "\(answer.count) rows, \(answer.first?.map { $0.prefix(24) } ?? [])"
    }
}
