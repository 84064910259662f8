// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipCommand

/// The parts that need no process.
@Suite struct UnitTests {
    @Test func prettyJSONKeepsEveryByteOfTheValues() {
        let text = #"{"a":[],"b":{},"c":[1.50,-2e10,null,true],"d":"x\"{,:\\","e":[{"f":"ü"}]}"#
        let pretty = String(decoding: PrettyJSON.format(Array(text.utf8), style: Style(isOn: false)), as: UTF8.self)
        #expect(
            pretty == """
                {
                  "a": [],
                  "b": {},
                  "c": [
                    1.50,
                    -2e10,
                    null,
                    true
                  ],
                  "d": "x\\"{,:\\\\",
                  "e": [
                    {
                      "f": "ü"
                    }
                  ]
                }
                """)
        let again = PrettyJSON.format(Array(pretty.utf8), style: Style(isOn: false))
        #expect(String(decoding: again, as: UTF8.self) == pretty)
    }

    @Test func colorsWrapKeysAndValues() {
        let colored = PrettyJSON.format(Array(#"{"a":1}"#.utf8), style: Style(isOn: true))
        #expect(
            String(decoding: colored, as: UTF8.self)
                == "{\n  \u{1B}[34m\"a\"\u{1B}[0m: \u{1B}[36m1\u{1B}[0m\n}")
    }

    @Test func passwordsAreMasked() {
        #expect(
            Secrets.masked("bad: 'postgres://ada:s3cr3t@host:5432/db?sslmode=x'")
                == "bad: 'postgres://ada:***@host:5432/db?sslmode=x'")
        #expect(Secrets.masked("postgres://ada:p@ss:w@host/db") == "postgres://ada:***@host/db")
        #expect(Secrets.masked("host=x password=s3cr3t port=1") == "host=x password=*** port=1")
        #expect(Secrets.masked("password = 's3 c\\'r3t' x") == "password = *** x")
        #expect(Secrets.masked("postgres://ada@host/db, 12:30 a@b") == "postgres://ada@host/db, 12:30 a@b")
    }

    @Test func numbersAreGroupedForReaders() {
        #expect(DemoReport.grouped(7) == "7")
        #expect(DemoReport.grouped(1_000) == "1,000")
        #expect(DemoReport.grouped(1_234_567) == "1,234,567")
        #expect(DemoReport.milliseconds(.microseconds(12_345)) == "12.3 ms")
    }

    @Test func everyExitStatusIsDocumented() {
        for status in ExitStatus.allCases {
            #expect(ExitStatus.documentation.contains("\(status.rawValue)  \(status.meaning)"))
        }
    }
}
