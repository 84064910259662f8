// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import Testing

/// Scripts are cut where psql cuts them.
@Suite struct SQLScriptTests {
    @Test func theyAreCutAtTheRightSemicolons() {
        let script = SQLScript(
            """
            -- a comment; with a semicolon
            CREATE TABLE "a;b" (x text DEFAULT 'it''s; fine');  ;
            /* one; /* nested; */ still; */ INSERT INTO t VALUES (E'\\'; ', $1, 'back\\');
            CREATE FUNCTION f() RETURNS text AS $body$ SELECT 'x;'; $$;$$ $body$ LANGUAGE sql;
            SELECT a$b$c; SELECT type'x;'; SELECT 1 -- last
            """)
        #expect(
            script.statements == [
                #"CREATE TABLE "a;b" (x text DEFAULT 'it''s; fine')"#,
                #"INSERT INTO t VALUES (E'\'; ', $1, 'back\')"#,
                "CREATE FUNCTION f() RETURNS text AS $body$ SELECT 'x;'; $$;$$ $body$ LANGUAGE sql",
                "SELECT a$b$c", "SELECT type'x;'", "SELECT 1 -- last",
            ])
        #expect(!script.isOpen)
    }

    @Test func bodiesOfRoutinesAndRulesHaveSemicolonsOfTheirOwn() {
        let function = """
            CREATE OR REPLACE FUNCTION f(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC
                SELECT CASE WHEN x > 0 THEN 1 ELSE 2 END; SELECT 2;
            END
            """
        let rule = "CREATE RULE r AS ON INSERT TO t DO INSTEAD (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2))"
        let plain = #"SELECT atomic, "end" FROM begin_atomic"#
        #expect(SQLScript("\(function);\n\(rule); \(plain);").statements == [function, rule, plain])
    }

    @Test(arguments: [
        "SELECT 'a", "SELECT \"a", "/* a", "DO $x$ BEGIN; $y$", "SELECT (1; SELECT 2", "SELECT 1; SELECT E'\\'",
    ])
    func whatIsOpenAtTheEndIsSaid(_ text: String) {
        #expect(SQLScript(text).isOpen)
    }
}
