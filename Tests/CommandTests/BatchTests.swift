// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `kinship batch`.
@Suite struct BatchTests {
    private func answers(_ input: String) async throws -> [String] {
        let outcome = try await SmallShop.shared().tool.run(["batch", "--strategy", "byLevel"], input: input)
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        return outcome.lines
    }

    @Test func everyOperationAnswersInOrder() async throws {
        let answers = try await answers(
            """
            {"name": "a", "model": "Customer", "op": "find", "filter": {"fields": ["id"], "include": {"orders": "items"}, "limit": 1}}
            {"name": "b", "model": "Customer", "op": "findOne", "filter": {"where": {"id": 2}, "fields": {"id": true}}}
            {"name": "c", "model": "Customer", "op": "findOne", "filter": {"where": {"id": 99}}}
            {"name": "d", "model": "Customer", "op": "findById", "idValue": 1, "filter": {"fields": ["name"]}}
            {"name": "e", "model": "Customer", "op": "findById", "idValue": 99}
            {"name": "f", "model": "Customer", "op": "count", "where": {"id": {"gt": 1}}}
            {"name": "g", "model": "Customer", "op": "count"}
            {"name": "h", "model": "Customer", "op": "exists", "idValue": 3}
            {"name": "i", "model": "Customer", "op": "exists", "idValue": 4}

            """)
        #expect(
            answers == [
                #"{"result":[{"id":1,"orders":[{"id":10,"customerId":1,"total":5.00,"items":[{"id":100,"orderId":10,"sku":"a"},{"id":101,"orderId":10,"sku":"b"}]},{"id":11,"customerId":1,"total":7.50,"items":[]}]}],"statements":3,"roundTrips":3}"#,
                #"{"result":{"id":2},"statements":1,"roundTrips":1}"#,
                #"{"result":null,"statements":1,"roundTrips":1}"#,
                #"{"result":{"name":"Ada"},"statements":1,"roundTrips":1}"#,
                #"{"result":null,"statements":1,"roundTrips":1}"#,
                #"{"result":2,"statements":1,"roundTrips":1}"#,
                #"{"result":3,"statements":1,"roundTrips":1}"#,
                #"{"result":true,"statements":1,"roundTrips":1}"#,
                #"{"result":false,"statements":1,"roundTrips":1}"#,
            ])
    }

    @Test func changesAreExplainedAndNotMade() async throws {
        let shop = try await SmallShop.shared()
        let input = """
            {"model": "Order", "op": "create", "data": {"id": 77, "total": 5}}
            {"model": "Customer", "op": "relCreate", "idValue": 1, "relation": "orders", "data": {"id": 78, "total": 5}}
            {"model": "Order", "op": "count"}
            {"model": "Order", "op": "create", "data": {"total": "x"}}
            """
        for analyze in [false, true] {
            let outcome = try await shop.tool.run(
                ["batch", "--explain"] + (analyze ? ["--analyze"] : []), input: input)
            #expect(outcome.status == 0)
            #expect(outcome.errors == "")
            #expect(outcome.lines.count == 4)
            for line in outcome.lines.prefix(2) {
                #expect(line.hasPrefix("{\"explain\":{"), "\(line)")
                #expect(line.contains("\"parts\":[") && line.contains("INSERT INTO"), "\(line)")
                #expect(line.contains("\"run\":") == analyze, "\(line)")
            }
            #expect(outcome.lines.last?.contains("INVALID_VALUE") == true)
        }
        #expect(try await shop.database.run("SELECT count(*) FROM orders WHERE id > 70") == [["0"]])
        let alone = try await shop.tool.run(["batch", "--analyze"], input: "")
        #expect(alone.status == 64)
    }

    @Test func badLinesAreAnsweredAndTheBatchGoesOn() async throws {
        let answers = try await answers(
            "{\"model\": \"Item\", \"op\": \"count\"}\r\n" + """
                {"model": "Item", "op": "find", "filter": {"where": {"nope": 1}}}
                {"model": "Item", "op":

                {"model": "Item", "op": "conquer"}
                {"model": "Nobody", "op": "find"}
                {"op": "find"}
                {"model": "Item"}
                {"model": "Item", "op": "findById"}
                [1]
                {"model": "Item", "op": "find", "filter": {"include": "ghosts"}}
                {"model": "Item", "op": "count"}
                """)
        #expect(answers.count == 11)
        guard answers.count == 11 else { return }
        #expect(answers[0] == #"{"result":3,"statements":1,"roundTrips":1}"#)
        #expect(answers[10] == answers[0])
        #expect(
            try answers[1...9].map { try error($0).code } == [
                "UNKNOWN_PROPERTY", "INVALID_JSON", "UNKNOWN_OPERATION", "UNKNOWN_MODEL", "INVALID_REQUEST",
                "INVALID_REQUEST", "INVALID_REQUEST", "INVALID_REQUEST", "UNKNOWN_RELATION",
            ])
        let unknown = try error(answers[1])
        #expect(unknown.status == 400)
        #expect(unknown.path == "where.nope")
        #expect(unknown.model == "Item")
        #expect(unknown.property == "nope")
        #expect(unknown.message.contains("nope"))
        let broken = try error(answers[2])
        #expect(broken.status == 400)
        #expect(broken.line == 3)
        #expect(broken.message.contains("Line 3"))
        #expect(try error(answers[3]).line == 5)
        #expect(try error(answers[3]).message.contains("findById"))
        #expect(try error(answers[4]).status == 404)
        #expect(try error(answers[7]).path == "idValue")
        #expect(try error(answers[9]).relation == "ghosts")
    }

    @Test func anAnswerComesBeforeTheNextRequest() async throws {
        let running = try await SmallShop.shared().tool.start(["batch"])
        running.write("{\"model\": \"Item\", \"op\": \"count\"}\n")
        #expect(await running.waitForOutput("\"result\":3"))
        running.write("{\"model\": \"Order\", \"op\": \"find\", \"filter\": {\"where\": {\"id\": 12}}}")
        running.closeInput()
        let outcome = await running.outcome()
        #expect(outcome.status == 0)
        #expect(outcome.lines.count == 2)
        #expect(outcome.lines.last?.contains(#""total":1.00"#) == true)
    }

    @Test func emptyInputIsNoError() async throws {
        #expect(try await answers("") == [])
        #expect(try await answers("\n  \n\t\n") == [])
    }

    @Test(arguments: [(Int32(SIGINT), Int32(130)), (Int32(SIGTERM), Int32(143))])
    func aSignalStopsItWhileItWaits(signal: Int32, status: Int32) async throws {
        let running = try await SmallShop.shared().tool.start(["batch"])
        running.write("{\"model\": \"Item\", \"op\": \"count\"}\n")
        #expect(await running.waitForOutput("result"))
        running.send(signal)
        let outcome = await running.outcome()
        #expect(outcome.status == status)
        #expect(outcome.errors == "")
        #expect(outcome.lines.count == 1)
    }

    @Test func aReaderThatGoesAwayIsNoNews() async throws {
        let pipe = Pipe.private()
        let running = try await SmallShop.shared().tool.start(["batch"], output: pipe.fileHandleForWriting)
        try pipe.fileHandleForWriting.close()
        try pipe.fileHandleForReading.close()
        running.write(String(repeating: "{\"model\": \"Item\", \"op\": \"count\"}\n", count: 100))
        let outcome = await running.outcome()
        running.closeInput()
        #expect(outcome.status == 141)
        #expect(outcome.errors == "")
    }

    private func error(_ line: String) throws -> ErrorMember {
        try JSONDecoder().decode(ErrorLine.self, from: Data(line.utf8)).error
    }
}

private struct ErrorLine: Decodable {
    var error: ErrorMember
}

private struct ErrorMember: Decodable {
    var code: String
    var status: Int
    var message: String
    var path: String?
    var line: Int?
    var model: String?
    var property: String?
    var relation: String?
}
