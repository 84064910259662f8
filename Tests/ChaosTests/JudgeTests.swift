// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import Testing

/// The judge sees what is wrong with made-up histories, and nothing in one that is right.
@Suite struct JudgeTests {
    private func rows(_ token: Int64, _ count: Int32 = 2) -> [LedgerRow] {
        (1...count).map { LedgerRow(token: token, part: $0, account: 0, amount: token * 10 + Int64($0)) }
    }

    private func write(_ token: Int64, _ outcome: Write.Outcome) -> Write {
        Write(worker: "test", rows: rows(token), outcome: outcome)
    }

    private func kinds(_ writes: [Write], _ ledger: [LedgerRow]) -> [Finding.Kind] {
        let writes = Dictionary(uniqueKeysWithValues: writes.map { ($0.rows[0].token, $0) })
        return Judge.findings(writes, ledger: ledger).map(\.kind)
    }

    // MARK: Writes

    @Test func `What agrees is no finding`() {
        let writes = [
            write(1, .acknowledged), write(2, .refused), write(3, .unknown), write(4, .unknown), write(5, .pending),
        ]
        #expect(kinds(writes, rows(4) + rows(1)) == [])
    }

    @Test func `A lost write, all of it or a part`() {
        #expect(kinds([write(1, .acknowledged)], []) == [.lost])
        #expect(kinds([write(1, .acknowledged), write(2, .acknowledged)], [rows(1)[1]] + rows(2)) == [.lost])
    }

    @Test(arguments: Write.Outcome.allCases) func `A write that is there twice, whatever was said of it`(
        outcome: Write.Outcome
    ) {
        #expect(kinds([write(1, outcome)], rows(1) + rows(1)) == [.doubled])
        #expect(kinds([write(1, outcome)], rows(1) + [rows(1)[0]]) == [.doubled])
    }

    @Test func `A ghost that nobody wrote`() {
        #expect(kinds([write(1, .acknowledged)], rows(1) + rows(9)) == [.ghost])
    }

    @Test func `A refused write that is there`() {
        #expect(kinds([write(1, .refused)], rows(1)) == [.undead])
        #expect(kinds([write(1, .refused)], [rows(1)[0]]) == [.undead])
    }

    @Test func `A part of a write whose outcome is unknown`() {
        #expect(kinds([write(1, .unknown)], [rows(1)[0]]) == [.torn])
        #expect(kinds([write(1, .pending)], [rows(1)[1]]) == [.torn])
    }

    @Test func `A row that isn't what was written`() {
        var altered = rows(1)
        altered[1].amount += 1
        #expect(kinds([write(1, .acknowledged)], altered) == [.altered])
        #expect(kinds([write(1, .unknown)], rows(1, 3)) == [.altered])
    }

    @Test func `Balances that are not what was moved`() {
        let ledger = [
            LedgerRow(token: 1, part: 1, account: 1, amount: 5), LedgerRow(token: 1, part: 2, account: 2, amount: -5),
        ]
        func kinds(_ balances: [Int32: Int64], _ entries: [Int32: Int64]) -> [Finding.Kind] {
            Judge.findings(balances: balances, entries: entries, ledger: ledger).map(\.kind)
        }
        #expect(kinds([1: 5, 2: -5, 3: 0], [1: 5, 2: -5, 3: 0]) == [])
        #expect(kinds([1: 5, 2: -4, 3: 0], [1: 5, 2: -5, 3: 0]) == [.unbalanced])
        #expect(kinds([1: 5, 2: -5, 3: 0], [1: 5, 2: -5, 3: 1]) == [.unbalanced])
        #expect(kinds([1: 5, 2: -5, 3: 1], [1: 5, 2: -5, 3: 1]) == [.unbalanced])
        #expect(kinds([1: 5], [1: 5]) == [.unbalanced])
    }

    // MARK: What errors say of writes

    @Test func `Only a COMMIT without an answer leaves a transaction open`() {
        for code in PostgresError.Code.allCases {
            let outcome = Write.Outcome(PostgresError(code, ""), inTransaction: true)
            #expect(outcome == (code == .commitOutcomeUnknown ? .unknown : .refused))
        }
        #expect(Write.Outcome(CancellationError(), inTransaction: true) == .refused)
        #expect(Write.Outcome(Deliberate(), inTransaction: true) == .refused)
    }

    @Test func `A statement of its own may have happened when its answer was lost`() {
        let open: Set<PostgresError.Code> = [
            .commitOutcomeUnknown, .connectionLost, .connectionClosed, .statementTimeout,
        ]
        for code in PostgresError.Code.allCases {
            let outcome = Write.Outcome(PostgresError(code, ""), inTransaction: false)
            #expect(outcome == (open.contains(code) ? .unknown : .refused))
        }
        #expect(Write.Outcome(CancellationError(), inTransaction: false) == .unknown)
    }

    // MARK: Answers

    @Test(arguments: Question.Shape.allCases) func `An answer to another question`(shape: Question.Shape) {
        let question = Question(shape, tag: 700, size: 12)
        #expect(Judge.finding(question, answer: question.expected) == nil)
        #expect(Judge.finding(question, answer: Question(shape, tag: 701, size: 12).expected)?.kind == .swapped)
        #expect(Judge.finding(question, answer: [])?.kind == .swapped)
        var altered = question.expected
        altered[0][1] += "0"
        #expect(Judge.finding(question, answer: altered)?.kind == .altered)
    }

    @Test func `An answer that ends early, or goes on with another one's rows`() {
        let question = Question(.rows, tag: 700, size: 12)
        #expect(Judge.finding(question, answer: question.expected.dropLast())?.kind == .altered)
        let other = Question(.rows, tag: 701, size: 12)
        #expect(
            Judge.finding(question, answer: Array(question.expected.prefix(6) + other.expected.suffix(6)))?.kind
                == .swapped)
    }

    // MARK: Errors

    @Test func `An error is explained by a fault of its time and place, or by its task`() {
        let start = ContinuousClock.now
        func complaint(_ code: String?, _ began: Int, _ ended: Int, _ lane: Lane = .plain, own: Set<String> = [])
            -> Complaint
        {
            Complaint(
                operation: "test", lane: lane, code: code, ownCauses: own, began: start + .seconds(began),
                ended: start + .seconds(ended), text: "")
        }
        let faults = [
            FaultLog.Event(kind: .cut, lanes: [.plain], began: start + .seconds(10), ended: start + .seconds(11)),
            FaultLog.Event(kind: .exhaustion, lanes: [.plain], began: start + .seconds(40), ended: nil),
        ]
        func kinds(_ complaint: Complaint) -> [Finding.Kind] {
            Judge.findings([complaint], faults: faults, aftermath: .seconds(3)).map(\.kind)
        }
        #expect(kinds(complaint("CONNECTION_LOST", 9, 10)) == [])
        #expect(kinds(complaint("CONNECTION_LOST", 14, 15)) == [])
        #expect(kinds(complaint("ACQUIRE_TIMEOUT", 50, 60)) == [])
        #expect(kinds(complaint("CANCELLED", 1, 2, own: ["CANCELLED"])) == [])
        // Too early, too late, elsewhere, another error, none of ours.
        #expect(kinds(complaint("CONNECTION_LOST", 8, 9)) == [.unexplained])
        #expect(kinds(complaint("CONNECTION_LOST", 15, 16)) == [.unexplained])
        #expect(kinds(complaint("CONNECTION_LOST", 9, 12, .tls)) == [.unexplained])
        #expect(kinds(complaint("MISUSE", 9, 12)) == [.unexplained])
        #expect(kinds(complaint("CANCELLED", 9, 12)) == [.unexplained])
        #expect(kinds(complaint(nil, 9, 12)) == [.untyped])
    }
}
