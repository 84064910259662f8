// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Testing

@testable import KinshipCommand

/// Members are set in JSON texts that people have laid out, and everything else stays as it is.
@Suite struct JSONTextTests {
    private static let value: JSONValue = ["type": "hasMany", "model": "Order"]

    private func set(
        _ path: [String], _ text: String, to value: JSONValue = value, after: String? = nil
    ) throws -> String {
        var edited = try JSONText(Array(text.utf8))
        try edited.set(path, to: value, after: after)
        return String(decoding: edited.bytes, as: UTF8.self)
    }

    @Test func aMemberIsLaidOutLikeItsNeighbours() throws {
        let text = """
            {
              "name": "Customer",
              "properties": {
                "id": {
                  "type": "number"
                }
              },
              "relations": {
                "profile": {
                  "type": "hasOne"
                }
              }
            }

            """
        let profile = "    \"profile\": {\n      \"type\": \"hasOne\"\n    }"
        let orders = "    \"orders\": {\n      \"type\": \"hasMany\",\n      \"model\": \"Order\"\n    }"
        #expect(try set(["relations", "orders"], text) == text.replacing(profile, with: profile + ",\n" + orders))
    }

    @Test func anEmptyObjectOpens() throws {
        #expect(
            try set(["relations", "orders"], "{\n\t\"name\": \"A\",\n\t\"relations\": {},\n\t\"acls\": []\n}\n")
                == "{\n\t\"name\": \"A\",\n\t\"relations\": {\n\t\t\"orders\": {\n\t\t\t\"type\": \"hasMany\",\n\t\t\t\"model\": \"Order\"\n\t\t}\n\t},\n\t\"acls\": []\n}\n"
        )
        #expect(try set(["a"], "{ }", to: 1) == "{\n  \"a\": 1\n}")
        #expect(try set(["a", "b"], "{\"a\":{}}", to: true) == "{\"a\":{\"b\":true}}")
    }

    @Test func whatIsOnOneLineStaysOnOneLine() throws {
        let text = """
            {
              "name": "Customer",
              "properties": {"id": {"type": "number"}, "name": "string"},
              "relations": {"profile": {"type": "hasOne"}}
            }
            """
        #expect(
            try set(["relations", "orders"], text)
                == text.replacing(
                    #"{"profile": {"type": "hasOne"}}"#,
                    with: #"{"profile": {"type": "hasOne"}, "orders": {"type": "hasMany", "model": "Order"}}"#))
        #expect(
            try set(["a", "b"], #"{"name":"A","x":1}"#, to: [1, "é"]) == #"{"name":"A","x":1,"a":{"b":[1,"é"]}}"#)
        let rows = """
            {
                "name": "A",
                "relations": {
                    "profile": {"type": "hasOne", "model": "Profile"}
                }
            }
            """
        #expect(
            try set(["relations", "orders"], rows)
                == rows.replacing(
                    #""Profile"}"#,
                    with: "\"Profile\"},\n        \"orders\": {\"type\": \"hasMany\", \"model\": \"Order\"}"))
    }

    @Test func missingObjectsAreMadeBehindTheirNeighbour() throws {
        let text = "{\n  \"name\": \"A\",\n  \"properties\": {\n    \"x\": \"string\"\n  },\n  \"acls\": []\n}"
        #expect(
            try set(["relations", "b"], text, to: ["type": "belongsTo"], after: "properties")
                == "{\n  \"name\": \"A\",\n  \"properties\": {\n    \"x\": \"string\"\n  },\n  \"relations\": {\n    \"b\": {\n      \"type\": \"belongsTo\"\n    }\n  },\n  \"acls\": []\n}"
        )
        #expect(try set(["relations", "b"], #"{"relations": null}"#, to: 1) == #"{"relations": {"b": 1}}"#)
    }

    @Test func endsOfLinesMarksAndOddSpaceStay() throws {
        #expect(
            try set(["r", "o"], "{\r\n  \"name\": \"A\",\r\n  \"r\": {\r\n    \"p\": 1\r\n  }\r\n}\r\n", to: 2)
                == "{\r\n  \"name\": \"A\",\r\n  \"r\": {\r\n    \"p\": 1,\r\n    \"o\": 2\r\n  }\r\n}\r\n")
        #expect(try set(["b"], "\u{FEFF}{\"a\" : 1 }", to: 2) == "\u{FEFF}{\"a\" : 1, \"b\": 2 }")
        #expect(try set(["c"], "{\r\"a\": 1,\r\"b\": 2\r}", to: 3) == "{\r\"a\": 1,\r\"b\": 2,\r\"c\": 3\r}")
        #expect(try set(["c"], "{ \"a\": 1\n, \"b\": 2\n}", to: 3) == "{ \"a\": 1\n, \"b\": 2, \"c\": 3\n}")
        #expect(
            try set(["n"], "\n\n  {\"é\\u0301\": 1.50e+3}  \n\n", to: 0)
                == "\n\n  {\"é\\u0301\": 1.50e+3, \"n\": 0}  \n\n")
    }

    /// Each line keeps its own end, and a new one has that of most.
    @Test func mixedEndsOfLinesStayMixed() throws {
        let text = "{\n  \"a\": 1,\r\n  \"b\": 2,\r\n  \"r\": {\r\n    \"p\": 1\n  },\r\n  \"e\": {\n  }\n}\r\n"
        #expect(
            try set(["r", "o"], text, to: 2)
                == text.replacing("\"p\": 1\n", with: "\"p\": 1,\n    \"o\": 2\r\n"))
        #expect(
            try set(["x"], text, to: 2, after: "a")
                == text.replacing("\"a\": 1,\r\n", with: "\"a\": 1,\r\n  \"x\": 2,\r\n"))
        #expect(
            try set(["z"], text, to: 2) == text.replacing("  }\n}\r\n", with: "  },\n  \"z\": 2\r\n}\r\n"))
        #expect(
            try set(["e", "f"], text, to: 2) == text.replacing("{\n  }\n", with: "{\n    \"f\": 2\r\n  }\n"))
        // As many of one as of the other: the first.
        #expect(try set(["b"], "{\n\"a\": 1\r\n}", to: 2) == "{\n\"a\": 1,\r\n\"b\": 2\n}")
        #expect(try set(["b"], "{\r\"a\": 1 \r\n}\r\n", to: 2) == "{\r\"a\": 1,\r\n\"b\": 2 \r\n}\r\n")
    }

    private func removing(_ path: [String], _ text: String) throws -> String? {
        var edited = try JSONText(Array(text.utf8))
        return try edited.remove(path) ? String(decoding: edited.bytes, as: UTF8.self) : nil
    }

    @Test func membersGoWithTheirLines() throws {
        let text = "{\n  \"a\": 1,\n  \"b\": {\"x\": 1, \"y\": [2]},\n  \"c\": 3\n}\n"
        #expect(try removing(["a"], text) == text.replacing("  \"a\": 1,\n", with: ""))
        #expect(try removing(["c"], text) == text.replacing(",\n  \"c\": 3", with: ""))
        #expect(try removing(["b", "x"], text) == text.replacing("\"x\": 1, ", with: ""))
        #expect(try removing(["b", "y"], text) == text.replacing(", \"y\": [2]", with: ""))
        #expect(try removing(["b"], text) == "{\n  \"a\": 1,\n  \"c\": 3\n}\n")
        #expect(try removing(["nope"], text) == nil && removing(["nope", "x"], text) == nil)
        #expect(throws: JSONText.Problem.notAnObject(["a"])) { try removing(["a", "x"], text) }
        #expect(try removing(["a", "b"], "{\"a\": {\n  \"b\": 1\n}}") == "{\"a\": {}}")
        // Of a key that is there twice nothing stays; lines keep their ends.
        #expect(try removing(["a"], "{\"a\": 1, \"b\": 2, \"\\u0061\": 3}") == "{\"b\": 2}")
        #expect(try removing(["b"], "{\n\"a\": 1,\r\n\"b\": 2\n}") == "{\n\"a\": 1\r\n}")
    }

    @Test func valuesAreReplacedInPlace() throws {
        let text = "{\n  \"a\": {\n    \"b\": 1\n  },\n  \"c\": [1,   2]\n}"
        #expect(try set(["a", "b"], text, to: 2) == text.replacing("\"b\": 1", with: "\"b\": 2"))
        #expect(try set(["c"], text, to: [3]) == text.replacing("[1,   2]", with: "[3]"))
        // Keys are what they mean, and of two that are the same the last one counts.
        #expect(try set(["ab"], #"{"ab": 1, "\u0061b": 2}"#, to: 3) == #"{"ab": 1, "\u0061b": 3}"#)
        // Only the same letters are the same key.
        #expect(try set(["\u{E9}"], "{\"e\u{301}\": 1}", to: 2) == "{\"e\u{301}\": 1, \"\u{E9}\": 2}")
    }

    @Test func longLinesAreBroken() throws {
        let long = JSONValue.object((0..<12).map { .init("property\($0)", "column_of_the_property") })
        let text = "{\n  \"a\": {\"b\": 1},\n  \"r\": {\n    \"x\": {\"y\": 1}\n  }\n}"
        let edited = try set(["r", "long"], text, to: long)
        #expect(edited.split(separator: "\n").allSatisfy { $0.count < 100 })
        #expect(try JSONValue(parsing: Array(edited.utf8))["r"]?["long"] == long)
    }

    @Test func whatCannotBeIsSaid() throws {
        #expect(throws: JSONText.Problem.notAnObject([])) { try set(["a"], "[1]") }
        #expect(throws: JSONText.Problem.notAnObject(["relations"])) {
            try set(["relations", "a"], #"{"relations": []}"#)
        }
        #expect(throws: JSONText.Problem.self) { try set(["a"], "{\"a\": 1,}") }
        #expect(throws: JSONText.Problem.self) { try set(["a"], "") }
    }

    /// Whatever the layout: the text means what it meant with the member set, and is otherwise the same text.
    @Test func allElseStays() throws {
        var random = SystemRandomNumberGenerator()
        let spaces = ["", " ", "\n", "\r\n  ", "\t", "\n\n    "]
        for _ in 0..<500 {
            func space() -> String { spaces.randomElement(using: &random) ?? "" }
            func object(_ depth: Int) -> String {
                let members = (0..<Int.random(in: 0...3, using: &random)).map { index in
                    "\(space())\"k\(index)\"\(space()):\(space())\(depth < 3 ? object(depth + 1) : "\"v,}\\\"\"")\(space())"
                }
                return "{" + (members.isEmpty ? space() : members.joined(separator: ",")) + "}"
            }
            let text = object(0)
            let path = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                "k\(Int.random(in: 0...3, using: &random))"
            }
            let before = try JSONValue(parsing: Array(text.utf8))
            guard let edited = try? set(path, text) else {
                // A text stands where an object would have to be.
                #expect(path.count > 1)
                continue
            }
            #expect(
                try JSONValue(parsing: Array(edited.utf8)) == before.setting(path[...], to: Self.value),
                "\(path) \(text)")
            #expect(edited.hasSuffix(String(text.suffix(1))))
            if before.setting(path[...], to: .null).description.count > before.description.count {
                // Nothing went.
                var rest = edited[...]
                for character in text where !character.isWhitespace {
                    let place = try #require(rest.firstIndex(of: character))
                    rest = rest[rest.index(after: place)...]
                }
            }
        }
    }
}

extension JSONValue {
    /// The value with a member set.
    fileprivate func setting(_ path: ArraySlice<String>, to value: JSONValue) -> JSONValue {
        guard let key = path.first else { return value }
        guard case .object(var members) = self else { return JSONValue.object([]).setting(path, to: value) }
        let inner = self[key] ?? .null
        let new = inner.setting(path.dropFirst(), to: value)
        if let place = members.firstIndex(where: { $0.key == key }) {
            members[place].value = new
        } else {
            members.append(.init(key, new))
        }
        return .object(members)
    }
}
