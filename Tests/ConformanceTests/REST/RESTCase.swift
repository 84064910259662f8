// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

/// One HTTP request of the corpus, and what it is to be answered with.
struct RESTCase: Sendable, CustomTestStringConvertible {
    let name: String
    let json: JSONValue

    var testDescription: String { name }

    /// Every case, and those that change something or don't.
    static func all() throws -> [RESTCase] { try Case.lines("rest.jsonl").map { try RESTCase($0) } }
    static func reading() throws -> [RESTCase] { try all().filter { $0.afterSQL == nil } }
    static func writing() throws -> [RESTCase] { try all().filter { $0.afterSQL != nil } }

    init(_ json: JSONValue) throws {
        name = try #require(json["name"]?.text)
        self.json = json
    }

    /// What to look at afterwards.
    var afterSQL: String? { json["afterSql"]?.text }

    private var asked: JSONValue { json["request"] ?? [:] }

    /// Its body as bytes, and its headers.
    private var content: (bytes: [UInt8], fields: [(String, String)]) {
        var fields = (asked["headers"]?.members ?? []).map { ($0.key, $0.value.text ?? "") }
        if let body = asked["body"] {
            fields.append(("Content-Type", "application/json"))
            return (Array(body.description.utf8), fields)
        }
        return (Array((asked["rawBody"]?.text ?? "").utf8), fields)
    }

    var method: String { asked["method"]?.text ?? "GET" }
    var path: String { asked["path"]?.text ?? "/" }
    var fields: [(String, String)] { content.fields }
    var body: [UInt8] { content.bytes }

    /// The request, for a service that is asked without a server.
    func request() throws -> HTTPRequest {
        var request = HTTPRequest(
            method: try #require(HTTPRequest.Method(method)), scheme: "http", authority: "localhost", path: path)
        for (name, value) in fields {
            request.headerFields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return request
    }
}

/// An answer as it came.
struct RESTAnswer: Sendable {
    var status: Int
    /// By names in lower case.
    var fields: [String: [String]]
    var body: [UInt8]

    init(status: Int, fields: [String: [String]], body: [UInt8]) {
        (self.status, self.fields, self.body) = (status, fields, body)
    }

    init(_ response: RESTResponse) async throws {
        status = response.head.status.code
        fields = [:]
        for field in response.head.headerFields { fields[field.name.canonicalName, default: []].append(field.value) }
        body = []
        for try await piece in response.body { body += piece }
    }

    /// What is wrong with it, nil when it is what the case expects.
    func difference(from example: RESTCase) throws -> String? {
        let expected = try #require(example.json["expect"])
        let text = String(decoding: body.prefix(4000), as: UTF8.self)
        guard expected["status"] == .number("\(status)") else {
            return "status \(status), not \(expected["status"] ?? .null)\n\(text)"
        }
        for header in expected["headers"]?.members ?? [] {
            let values = fields[header.key] ?? []
            let pattern = try Regex(header.value.text ?? "")
            guard values.contains(where: { $0.contains(pattern) }) else { return "\(header.key) is \(values)" }
        }
        if status == 204 || status == 304 || example.method == "HEAD" {
            return body.isEmpty ? nil : "a body where none may be: \(text)"
        }
        guard let wanted = expected["body"] ?? expected["contains"] ?? expected["error"] else { return nil }
        guard fields["content-type"]?.first?.hasPrefix("application/json") == true else {
            return "the type is \(fields["content-type"] ?? [])"
        }
        let found = try JSONValue(parsing: body, maximumDepth: 512)
        if expected["error"] != nil { return try Self.difference(found, fromError: wanted, status) }
        if expected["contains"] != nil { return found.contains(wanted) ? nil : "found \(text)\nto contain \(wanted)" }
        let isLenient = expected["absentIsNull"] == .bool(true)
        let isSame =
            try ComparableJSON(isLenient ? found.withoutNothing : found)
            == ComparableJSON(isLenient ? wanted.withoutNothing : wanted)
        return isSame ? nil : "found \(text)\nexpected \(wanted)"
    }

    private static func difference(_ json: JSONValue, fromError wanted: JSONValue, _ status: Int) throws -> String? {
        guard let error = json["error"], error["statusCode"] == .number("\(status)"),
            error["name"]?.text?.isEmpty == false, let message = error["message"]?.text, !message.isEmpty
        else { return "no error of this status: \(json)" }
        if let name = wanted["name"], error["name"] != name { return "name \(error["name"] ?? .null), not \(name)" }
        if let code = wanted["code"], wanted["codeProposed"] == nil, error["code"] != code {
            return "code \(error["code"] ?? .null), not \(code): \(message)"
        }
        if let pattern = wanted["messagePattern"]?.text, !message.contains(try Regex(pattern)) {
            return "message \(message), not \(pattern)"
        }
        let all = error.description.lowercased()
        for name in wanted["names"]?.elements ?? [] where !all.contains(name.text?.lowercased() ?? "") {
            return "nothing of \(name) in \(error)"
        }
        for detail in wanted["details"]?.members ?? [] where error["details"]?[detail.key] != detail.value {
            return "details \(error["details"] ?? .null), not \(wanted["details"] ?? .null)"
        }
        return nil
    }
}

extension JSONValue {
    /// Whether it has all members of another one, at each level; what is no object has to be the same.
    fileprivate func contains(_ part: JSONValue) -> Bool {
        guard let members = part.members else { return self == part }
        return members.allSatisfy { member in self[member.key]?.contains(member.value) == true }
    }
}
