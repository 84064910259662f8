// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What a method of the program's own has given.
///
/// ```swift
/// let answer = try await database.call("Product", id: 1, relation: "images", method: "reorder", ["ids": [3, 1, 2]])
/// print(String(decoding: answer.json, as: UTF8.self))  // [3,1,2]
/// ```
public struct MethodAnswer: Sendable {
    /// The method that was called.
    public let method: MethodDefinition
    /// The answer as JSON: the bare value, or an object where the method names what it gives; empty for nothing.
    public let json: [UInt8]

    init(_ method: MethodDefinition, _ json: [UInt8]) {
        self.method = method
        guard let name = method.result?.name else {
            self.json = json
            return
        }
        var named: [UInt8] = [UInt8(ascii: "{")]
        JSONValue.write(name, into: &named)
        named.append(UInt8(ascii: ":"))
        self.json = named + json + [UInt8(ascii: "}")]
    }

    /// The HTTP status that fits: 204 where there is nothing.
    public var status: Int { json.isEmpty ? 204 : 200 }

    /// The answer as a value; null for nothing.
    ///
    /// - Throws: ``PlannerError`` `INVALID_JSON`, where a program's own value writes none.
    public var value: JSONValue {
        get throws(PlannerError) { json.isEmpty ? .null : try JSONValue(parsing: json) }
    }
}
