// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

/// What is laid out for people is compared as exactly as what isn't.
@Suite struct LaidOutSQLTests {
    @Test(arguments: [
        (#"SELECT t."a" FROM (SELECT 1) AS t"#, "SELECT\n  t.\"a\"\nFROM (\n    SELECT 1\n) AS t"),
        ("a=$1 AND b->>'x y'", "a = $1\n\tAND b ->> 'x y'"), ("f(a,b)::int[]", "f( a, b ) :: int [ ]"),
    ])
    func `White space between words makes no difference`(one: String, other: String) {
        #expect(LaidOutSQL(one) == LaidOutSQL(other))
    }

    @Test(arguments: [
        ("'a b'", "'a  b'"), ("\"a b\"", "\"a\nb\""), ("'it''s'", "'it' 's'"), ("\"a\"\"b\"", "\"a\" \"b\""),
        ("ab", "a b"),
        ("$1", "$ 1"), ("$1", "$11"), ("a <= b", "a < = b"), ("a::int", "a: :int"), ("a->>b", "a-> >b"),
        ("SELECT", "select"),
        ("'a", "'a'"), ("a", "\"a\""), ("a.b", "ab"), ("1 2", "12"), ("(a)", "a"), ("a", ""),
    ])
    func `Everything else does`(one: String, other: String) {
        #expect(LaidOutSQL(one) != LaidOutSQL(other))
    }
}
