// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import Kinship
import KinshipREST
import TestSupport

/// Makes requests of those of the corpus and of a service's routes, each of them changed a little, or more.
struct RequestMutator: Sendable {
    private let recorded: [FuzzedRequest]
    private let routes: [Route]
    private let schema: Schema
    /// Names of models, properties and relations.
    private let names: [String]
    /// Filters of the corpus.
    private let filters: [String]

    init(_ service: RESTService, _ schema: Schema) throws {
        let text = try String(
            contentsOfFile: Repository.path("Tests/Fixtures/conformance/rest.jsonl"), encoding: .utf8)
        recorded = try text.split(separator: "\n").map { line in
            let asked = try JSONValue(parsing: String(line), maximumDepth: 512)["request"] ?? [:]
            var request = FuzzedRequest(
                method: asked["method"]?.text ?? "GET", path: asked["path"]?.text ?? "/",
                fields: (asked["headers"]?.members ?? []).map { ($0.key, $0.value.text ?? "") })
            if let body = asked["body"] {
                request.fields.append(("Content-Type", "application/json"))
                request.body = Array(body.description.utf8)
            } else {
                request.body = Array((asked["rawBody"]?.text ?? "").utf8)
            }
            return request
        }
        filters = recorded.compactMap { request in
            request.path.split(separator: "filter=", maxSplits: 1).dropFirst().first
                .flatMap { String($0).removingPercentEncoding }
        }
        routes = service.routes.routes
        self.schema = schema
        names = schema.models.flatMap { model in
            [model.name] + model.properties.map(\.name) + model.relations.map(\.name)
        }
    }

    func make(_ random: inout SeededRandom) -> FuzzedRequest {
        var request = FuzzedRequest(method: "GET", path: "/api")
        if random.once(in: 2), let known = recorded.randomElement(using: &random) {
            request = known
        } else if let route = routes.randomElement(using: &random) {
            request = filled(route, &random)
        }
        for _ in 0..<random.number(0...3) { change(&request, &random) }
        request.path = FuzzedRequest.sendable(path: request.path)
        request.fields = request.fields.map { ($0.name, FuzzedRequest.sendable(value: $0.value)) }
        if random.once(in: 6) { request.chunk = random.number(1...40) }
        if random.once(in: 12) { request.wire = random.mutated(request.bytes, words: Self.pieces) }
        return request
    }

    // MARK: Requests of routes

    private func filled(_ route: Route, _ random: inout SeededRandom) -> FuzzedRequest {
        var path = "/api"
        for segment in route.segments {
            switch segment {
            case .word(let word): path += "/" + word
            case .parameter: path += "/" + random.pick(random.once(in: 4) ? Self.keys : ["1", "2", "3", "4"])
            }
        }
        var request = FuzzedRequest(method: route.method.rawValue, path: path)
        if [.post, .put, .patch].contains(route.method) {
            request.fields = [("Content-Type", "application/json")]
            request.body = Array(data(of: route.model, &random).description.utf8)
        }
        return request
    }

    /// Data of a model, more or less.
    private func data(of name: String, _ random: inout SeededRandom) -> JSONValue {
        guard let model = schema.model(name) else { return [:] }
        var members: [JSONValue.Member] = []
        for property in model.properties where random.once(in: 2) {
            members.append(.init(property.name, random.pick(Self.values, .null)))
        }
        if random.once(in: 6) { members.append(.init(random.pick(names), random.pick(Self.values, .null))) }
        let object = JSONValue.object(members)
        return random.once(in: 8) ? .array([object, object]) : object
    }

    // MARK: Changes

    private func change(_ request: inout FuzzedRequest, _ random: inout SeededRandom) {
        switch random.number(0...16) {
        case 0: request.method = random.pick(Self.methods)
        case 1, 2: changeSegment(&request, &random)
        case 3:
            let bytes = random.mutated(Array(request.path.utf8), words: names + Self.keys)
            request.path = String(decoding: bytes, as: UTF8.self)
        case 4, 5, 6: addBrackets(&request, &random)
        case 7, 8, 9: ask(filter(&random), &request, &random)
        case 10: request.fields.append((random.pick(["filter", "where"]), filter(&random)))
        case 11, 12: request.body = random.mutated(request.body, words: names + Self.tokens)
        case 13:
            request.body = Array(data(of: random.pick(schema.models.map(\.name)), &random).description.utf8)
        case 14:
            request.fields.removeAll { $0.name.lowercased() == "content-type" }
            request.fields.append(("Content-Type", random.pick(Self.types)))
        case 15: request.fields.append(random.pick(Self.fields, ("Accept", "*/*")))
        default: lengthen(&request, &random)
        }
    }

    private func changeSegment(_ request: inout FuzzedRequest, _ random: inout SeededRandom) {
        let parts = request.path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var segments = (parts.first ?? "").split(separator: "/").map(String.init)
        let place = random.number(0...segments.count)
        let word = random.once(in: 2) ? random.pick(names) : random.pick(Self.keys)
        switch random.number(0...2) {
        case 0 where place < segments.count: segments[place] = word
        case 1 where place < segments.count: segments.remove(at: place)
        default: segments.insert(word, at: place)
        }
        request.path = "/" + segments.joined(separator: "/") + (parts.count > 1 ? "?" + parts[1] : "")
    }

    /// `filter[where][and][0][name]=…`, and less sensible things.
    private func addBrackets(_ request: inout FuzzedRequest, _ random: inout SeededRandom) {
        var text = random.pick(["filter", "where", "filter", "data", "access_token", "id", "refresh", "["])
        for _ in 0..<random.number(0...5) {
            text += "[" + (random.once(in: 3) ? random.pick(names) : random.pick(Self.tokens)) + "]"
        }
        text += "=" + (random.once(in: 2) ? random.pick(Self.keys) : random.pick(names))
        request.path += (request.path.contains("?") ? "&" : "?") + text
    }

    private func ask(_ filter: String, _ request: inout FuzzedRequest, _ random: inout SeededRandom) {
        let encoded = filter.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let name = random.pick(["filter", "filter", "filter", "where"])
        request.path += (request.path.contains("?") ? "&" : "?") + name + "=" + encoded
    }

    /// A filter of the corpus, or of some names, often with a fault.
    private func filter(_ random: inout SeededRandom) -> String {
        var text = random.pick(filters)
        if random.once(in: 2) {
            let (name, other, value) = (random.pick(names), random.pick(names), random.pick(Self.values, .null))
            text = random.pick([
                #"{"where":{"\#(name)":\#(value)}}"#,
                #"{"where":{"\#(name)":{"\#(random.pick(Self.tokens))":\#(value)}}}"#,
                #"{"include":"\#(name)"}"#, #"{"include":{"\#(name)":["\#(other)"]}}"#, #"{"order":"\#(name) DESC"}"#,
                #"{"include":{"relation":"\#(name)","scope":{"where":{"\#(other)":\#(value)},"limit":2}}}"#,
                #"{"fields":{"\#(name)":true},"limit":\#(value),"skip":\#(value)}"#,
                #"{"where":{"or":[{"\#(name)":\#(value)},{"\#(other)":{"\#(random.pick(Self.tokens))":[\#(value)]}}]}}"#,
            ])
        }
        guard random.once(in: 2) else { return text }
        return String(
            decoding: random.mutated(Array(text.utf8), words: names + Self.tokens), as: UTF8.self)
    }

    private func lengthen(_ request: inout FuzzedRequest, _ random: inout SeededRandom) {
        let count = random.pick([300, 5_000, 60_000], 300)
        switch random.number(0...3) {
        case 0: request.path += (request.path.contains("?") ? "&x=" : "?x=") + String(repeating: "x", count: count / 10)
        case 1: request.path += String(repeating: "/x", count: count / 60)
        case 2:
            request.body = Array(
                (String(repeating: "[", count: count) + String(repeating: "]", count: random.number(0...count))).utf8)
        default: request.body += Array(String(repeating: " ", count: count * 2).utf8)
        }
    }

    // MARK: Words

    private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"]
    private static let keys = [
        "1", "4", "99999", "-1", "0", "1e3", "1.5", "9223372036854775808", "999999999999999999999999", "null",
        "undefined",
        "NaN", "true", "%00", "%", "%zz", "%E0%A4%A", "ä", "😀", "..", ".", "%2e%2e", "%2F", "a b", "'",
        "''; DROP TABLE tag; --",
        "[object Object]", "{}", "{\"a\":1}", "count", "findOne", "exists", "change-stream", "rel", "graph", "",
        "2024-01-01T00:00:00Z", "00000000-0000-0000-0000-000000000000", "1,2,3", "1;2",
    ]
    private static let tokens = [
        "where", "and", "or", "nor", "not", "gt", "gte", "lt", "between", "inq", "nin", "near", "neq", "like", "nlike",
        "ilike", "regexp", "exists", "some", "every", "none", "include", "relation", "scope", "order", "limit", "skip",
        "offset", "fields", "page", "cursor", "aggregate", "count", "sum", "through", "0", "1", "-1", "99", "", "null",
        "true", "__proto__", "constructor", "$where", "\u{0}", "\"", "[", "]", "{", "}", "😀", "1e999", "contains",
    ]
    private static let values: [JSONValue] = [
        .null, true, false, 0, 1, .number("-1"), 2, 99_999, .number("1e999"), .number("9223372036854775808"),
        .number("0.1"),
        "", "1", "x", "\u{0}", "😀", "2024-01-01T00:00:00Z", "not a date", "(1,2)", [], [1, 2], ["x", .null], [:],
        ["a": 1], ["a": ["b": []]], [[[]]], ["lat": 1, "lng": 2], .string(String(repeating: "y", count: 3_000)),
        "00000000-0000-0000-0000-000000000000", "infinity", ["gt": 1], ["$where": "1"],
    ]
    private static let types = [
        "application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "text/plain", "",
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/vnd.api+json", "json", ";",
        "application/json;;;", "*/*", "image/png", "application/xml",
    ]
    private static let fields: [(name: String, value: String)] = [
        ("Accept", "text/html"), ("Accept", "application/json;q=0"), ("Accept", ";;;,,q=x"),
        ("Accept-Encoding", "gzip, br;q=0"),
        ("Content-Encoding", "gzip"), ("Content-Encoding", "identity"), ("If-None-Match", "*"), ("If-Match", "\"1\""),
        ("If-Match", "W/\"x\", \"\\"), ("Origin", "https://evil.example"), ("Origin", "null"), ("Cookie", "a=b; =;;"),
        ("Authorization", "Bearer x"), ("Authorization", "Basic ===="), ("X-Access-Token", "' OR 1=1"),
        ("Range", "bytes=0-1"),
        ("X-HTTP-Method-Override", "DELETE"), ("X-Forwarded-For", "::1, x"), ("Access-Control-Request-Method", "PUT"),
        ("traceparent", "00-zz-zz-01"), ("X-Long", String(repeating: "z", count: 4_000)), ("Prefer", "return=minimal"),
    ]
    private static let pieces = [
        "\r\n", "\r\n\r\n", "\n", "Content-Length: 5\r\n", "Content-Length: -1\r\n", "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "\u{0}", " HTTP/9.9", "HTTP/1.0", "Host: x\r\n", ":", " ", "\t",
        "ffffffffffffffff\r\n",
        "Connection: keep-alive\r\n", "Upgrade: websocket\r\n", "GET http://other/ HTTP/1.1\r\n",
    ]
}
#endif
