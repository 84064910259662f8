// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import Libpq

/// Which statements may share a connection: by their text, and by how long they took.
@Suite struct StatementHistoryTests {
    @Test(arguments: [
        "select 1", "SELECT name FROM customer WHERE id = $1", "values (1), (2)", "table customer",
        "with x as (select 1) select * from x;", " (select \"for\" from \"update\" where t = 'for update; --')",
        "select count(*), max(id) from orders where id in ($1, $2) and name like 'a%' group by 1",
        "select cast(price as numeric(10, 2)), x::varchar(20) from item i order by lower(i.name) limit $1",
        "select a.id, '''', \"a\"\"b\" from a join b on (a.id = b.id) where exists (select 1 from c)",
    ])
    func theseOnlyRead(_ text: String) {
        #expect(PlainRead.isOne(text))
    }

    @Test(arguments: [
        "", "insert into t values (1)", "update t set a = 1", "delete from t",
        "merge into t using s on true when matched then delete",
        "begin", "set a = 1", "select 1 for update", "select * from t for no key update", "SELECT 1 FOR SHARE",
        "select * into x from t",
        "with x as (insert into t values (1) returning *) select * from x", "with x as (delete from t) select 1",
        "select nextval('s')", "select setval('s', 1)", "select currval('s')", "select set_config('a', 'b', false)",
        "select pg_sleep(1)", "select pg_catalog.pg_advisory_lock(1)", "select pg_try_advisory_xact_lock(1)",
        "select pg_notify('a', '')",
        "select lo_unlink(1)", "select dblink_exec('drop table t')", "select txid_current()", "select audit(1)",
        "select app.audit(1)",
        "select \"audit\"(1)", "select lower/**/(a) from t", "select 1 -- 2", "select 1; select 2",
        "select 1; drop table t",
        "select $$a$$", "select $a$b$a$", "select E'\\'' , 1", "select U&'a'", "select 'a", "select \"a",
        "select audit (1)", "select * from generate(1)", "select app.lower('a')", "explain select 1",
        "copy t to stdout", "call p()",
        "select current_setting('a')", "lock t", "select 1 operator(app.+) 2", "fetch 3 from c", "select f  (x) from t",
    ])
    func theseMayDoMore(_ text: String) {
        #expect(!PlainRead.isOne(text))
    }

    @Test func functionsThatArePromisedToReadAreNotLookedFor() {
        #expect(PlainRead.isOne("select app.f(1), \"g\"(2) from h(3)", functionsAreKnown: true))
        for text in [
            "select nextval('s')", "select pg_advisory_xact_lock(1)", "select set_config('a', 'b', true)",
            "select 1 for share",
        ] {
            #expect(!PlainRead.isOne(text, functionsAreKnown: true), "\(text)")
        }
    }

    private func texts(_ kind: PlaceKind) throws -> QuickTexts { try #require(kind.texts) }

    @Test func aTextIsQuickOnceItHasBeen() throws {
        var history = StatementHistory()
        let statement = Statement("select 1")
        let texts = try texts(history.kind(of: [statement]))
        #expect(history.kind(of: [statement]) == .learning(texts))
        history.note(texts, took: 1_999_999)
        #expect(history.kind(of: [statement]) == .quick(texts))
        history.note(texts, took: 100_000_000)
        #expect(history.kind(of: [statement]) == .learning(texts))
        var runs = 0
        while history.kind(of: [statement]) == .learning(texts), runs < 100 {
            history.note(texts, took: 100_000)
            runs += 1
        }
        #expect(runs > 10)
        #expect(runs < 30)
    }

    @Test func textsThatSurelyWriteTakeNoPlace() throws {
        var history = StatementHistory()
        let read = Statement(" (select 1)")
        history.note(try texts(history.kind(of: [read])), took: 1)
        for number in 1...2_500 { #expect(history.kind(of: [Statement("insert into t values (\(number))")]) == .alone) }
        if case .quick = history.kind(of: [read]) {} else { Issue.record("it was forgotten") }
    }

    @Test func whatNobodyWaitedForTheEndOfTookAtLeastThat() throws {
        var history = StatementHistory()
        let statement = Statement("select 1")
        let texts = try texts(history.kind(of: [statement]))
        // It might have ended in a moment: that is no time.
        history.note(texts, tookAtLeast: 1_000_000)
        #expect(history.kind(of: [statement]) == .learning(texts))
        history.note(texts, took: 100_000)
        #expect(history.kind(of: [statement]) == .quick(texts))
        history.note(texts, tookAtLeast: 1_000_000_000)
        #expect(history.kind(of: [statement]) == .learning(texts))
    }

    @Test(arguments: [
        "select a from t limit $2", "SELECT a FROM t LIMIT nullif($2, 9223372036854775807) + 1 OFFSET $1",
        "select a from t where id = $1 limit ($2)",
    ])
    func aTextThatIsAskedForMuchIsAnotherThanOneForALittle(_ text: String) throws {
        func statement(_ rows: Int64) throws -> Statement {
            var parameters = Parameters()
            try parameters.append(Int32(1))
            try parameters.append(rows)
            return Statement(text, parameters)
        }
        var history = StatementHistory()
        let (few, many) = (try statement(20), try statement(100_000))
        history.note(try texts(history.kind(of: [few])), took: 100_000)
        let slow = try texts(history.kind(of: [many]))
        #expect(history.kind(of: [many]) == .learning(slow), "nobody has asked for so much")
        history.note(slow, took: 500_000_000)
        #expect(history.kind(of: [few]) == .quick(try texts(history.kind(of: [few]))))
        #expect(history.kind(of: [try statement(99)]) == history.kind(of: [few]))
        #expect(history.kind(of: [many]) == .learning(slow))
    }

    @Test func aLongListOfKeysIsAnotherThanAShortOne() throws {
        func statement(_ count: Int) throws -> Statement {
            var parameters = Parameters()
            try parameters.append((0..<count).map { Int64($0) })
            return Statement("select a from t where id = any($1)", parameters)
        }
        var history = StatementHistory()
        history.note(try texts(history.kind(of: [try statement(3)])), took: 100_000)
        if case .learning = history.kind(of: [try statement(30)]) { Issue.record("that is known") }
        if case .quick = history.kind(of: [try statement(2_000)]) { Issue.record("nobody has asked for so many") }
    }

    @Test func severalAreAsQuickAsTheyAreTogether() throws {
        var history = StatementHistory()
        let (one, other) = (Statement("select 1"), Statement("select 2"))
        history.note(try texts(history.kind(of: [one])), took: 1_500_000)
        #expect(history.kind(of: [one, other]).texts?.others.count == 1)
        if case .quick = history.kind(of: [one, other]) { Issue.record("the other one is unknown") }
        history.note(try texts(history.kind(of: [other])), took: 400_000)
        if case .learning = history.kind(of: [one, other]) { Issue.record("both are quick") }
        history.note(try texts(history.kind(of: [other])), took: 50_000_000)
        if case .quick = history.kind(of: [one, other]) { Issue.record("the other one was slow") }
        if case .learning = history.kind(of: [one]) { Issue.record("this one wasn't") }
    }

    @Test func whatIsLargeManyOrNotKeptIsAlone() throws {
        var history = StatementHistory()
        var parameters = Parameters()
        try parameters.append(String(repeating: "x", count: StatementHistory.largestValues))
        #expect(history.kind(of: [Statement("select $1::text", parameters)]).texts != nil)
        try parameters.append("x")
        #expect(history.kind(of: [Statement("select $1::text, $2::text", parameters)]) == .alone)
        #expect(history.kind(of: [Statement("select 1", preparation: .unnamed)]) == .alone)
        #expect(history.kind(of: Array(repeating: Statement("select 1"), count: 9)) == .alone)
        #expect(history.kind(of: []) == .alone)
        #expect(history.kind(of: [Statement("select 1"), Statement("insert into t values (1)")]) == .alone)
        let long = "select '" + String(repeating: "x", count: PreparedStatements.longestText) + "'"
        #expect(history.kind(of: [Statement(long)]) == .alone)
    }

    @Test func moreTextsThanAreKeptBeginAnewAndMixNothingUp() throws {
        var history = StatementHistory()
        let first = try texts(history.kind(of: [Statement("select 0")]))
        history.note(first, took: 1)
        for number in 1...2_500 {
            let texts = try texts(history.kind(of: [Statement("select \(number)")]))
            #expect(texts != first)
            history.note(texts, took: 1)
        }
        // What is said of one that is forgotten is nobody's.
        history.note(first, took: 1_000_000_000)
        #expect(history.kind(of: [Statement("select 2500")]).texts.map { _ in true } == true)
        if case .learning = history.kind(of: [Statement("select 2500")]) { Issue.record("it is known") }
        if case .quick = history.kind(of: [Statement("select 0")]) { Issue.record("it was forgotten") }
    }
}
