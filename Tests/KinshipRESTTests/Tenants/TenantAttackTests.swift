// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

/// A program that tries to see or change another tenant's rows: its answers have nothing of the other in them, and are what they are where
/// there is nobody else.
@Suite(.serialized) struct TenantAttackTests {
    /// One request: method, path, body.
    private struct Attack: CustomStringConvertible {
        let method: HTTPRequest.Method
        let path: String
        var body: JSONValue?
        /// Whether a key of the other's that is in use is told by its index, as it is not where there is nobody else.
        var mayDiffer = false

        var description: String { "\(method.rawValue) \(path) \(body?.description ?? "")" }
    }

    /// What an attack has come to.
    private struct Findings {
        var count = 0
        var kinds: Set<String> = []
        var found: [String] = []
    }

    private func run(_ attacks: [Attack], _ name: String) async throws -> Findings {
        let log = RecordingLog()
        let world = try await TenantWorld(name, isAlone: false, logger: log.logger)
        let alone = try await TenantWorld(name, isAlone: true)
        let (service, other) = (try world.service(), try alone.service())
        let first = try await world.state()
        var findings = Findings()
        for attack in attacks {
            let path = attack.path.encodedQuery
            let answer = try await service.ask(of: "acme", attack.method, path, attack.body)
            let expected = try await other.ask(of: "acme", attack.method, path, attack.body)
            findings.count += 1
            findings.kinds.insert("\(attack.method.rawValue) \(attack.path)")
            for mark in [TenantWorld.mark, TenantWorld.number]
            where answer.text.contains(mark) && !(attack.path + (attack.body?.description ?? "")).contains(mark) {
                findings.found.append("\(attack): shows \(answer.text.prefix(300))")
            }
            if answer.status >= 500, answer.status != 501 {
                findings.found.append("\(attack): \(answer.status) \(answer.text.prefix(300))")
            }
            if !attack.mayDiffer, answer.status != expected.status || answer.text.undated != expected.text.undated {
                findings.found.append(
                    "\(attack): \(answer.status) \(answer.text.prefix(400)) and not \(expected.status) \(expected.text.prefix(400))"
                )
            }
            guard attack.method != .get, attack.method != .head else { continue }
            let state = try await world.state()
            if state.victim != first.victim { findings.found.append("\(attack): changes the other's rows") }
            if state.strays != "0" { findings.found.append("\(attack): makes rows of nobody") }
            let aloneState = try await alone.state()
            if !attack.mayDiffer, state.own.undated != aloneState.own.undated {
                findings.found.append("\(attack): comes to other rows than alone")
            }
            // What was changed is made again for the next one, and the numbers of keys begin anew.
            if state != first || attack.mayDiffer || aloneState.own != first.own {
                try await TenantWorld.fill(world.made, isAlone: false)
                try await TenantWorld.fill(alone.made, isAlone: true)
            }
        }
        await world.database.close()
        await alone.database.close()
        let open = Set(log.lines.filter { $0.contains("sql=") }.flatMap { Self.open(in: $0) })
        findings.found += open.sorted()
        return findings
    }

    /// The tables of tenants that a statement takes without saying whose rows it means.
    private static func open(in text: String) -> [String] {
        let tables = TenantWorld.tables.filter { $0 != "customertag" }
        var taken: [String: Int] = [:]
        for match in text.matches(of: #/(INSERT INTO )?"public"\."(\w+)" AS "?(\w+)"?( WHERE FALSE)?/#)
        where match.output.1 == nil && match.output.4 == nil && tables.contains(String(match.output.2)) {
            taken[String(match.output.3), default: 0] += 1
        }
        return taken.filter { alias, count in
            text.matches(of: #/"?(\w+)"?\."tenant" = /#).count(where: { $0.output.1 == alias }) < count
        }.map { "\($0.key) of \(text)" }
    }

    private func expectNothing(_ attacks: [Attack], _ name: String) async throws -> Int {
        let findings = try await run(attacks, name)
        #expect(findings.found.isEmpty, "\(findings.found.count): \(findings.found.prefix(12).joined(separator: "\n"))")
        return findings.kinds.count
    }

    // MARK: Reading

    @Test func `Nothing is read, by whatever filter`() async throws {
        var attacks: [Attack] = []
        for (model, filter) in TenantAttacks.filters {
            for place in ["", "/findOne"] {
                attacks.append(Attack(method: .get, path: "/api/\(model)\(place)?filter=\(filter)"))
            }
            let json = try JSONValue(parsing: filter)
            if let condition = json["where"] {
                attacks.append(Attack(method: .get, path: "/api/\(model)/count?where=\(condition)"))
            }
            if json["include"] != nil || json["fields"] != nil {
                for id in ["1", "9001"] {
                    attacks.append(Attack(method: .get, path: "/api/\(model)/\(id)?filter=\(filter)"))
                }
            }
        }
        for id in ["1", "9001"] {
            for (relation, filters) in [
                (
                    "orders",
                    [
                        #"{"where":{"or":[{"customerId":9001},{"id":{"gt":0}}]}}"#, #"{"include":"customer"}"#,
                        #"{"order":"customer.name"}"#,
                    ]
                ),
                ("tags", [#"{"include":"customers"}"#]), ("groups", [#"{"where":{"tenant":"victim"}}"#]),
                ("notes", [#"{"include":"noteable"}"#]), ("big", [#"{"where":{"total":{"gt":0}}}"#]),
                ("profile", [#"{}"#]),
                ("addresses", [#"{"include":"product"}"#]),
            ] {
                for filter in filters {
                    attacks.append(Attack(method: .get, path: "/api/Customers/\(id)/\(relation)?filter=\(filter)"))
                }
            }
            for path in [
                "Customers/rich", "Customers/rich/count", "Orders/of?customer=\(id)", "Orders/of/count?customer=\(id)",
            ] {
                attacks.append(Attack(method: .get, path: "/api/\(path)"))
            }
        }
        #expect(try await expectNothing(attacks, "reads") > 200)
    }

    /// A cursor holds values of the row that it was made at. As a place it is one like any other, and nothing is told of the row.
    @Test func `Nothing is read behind the other's cursors`() async throws {
        let source = try await TenantWorld("cursors_made", isAlone: false)
        let service = try source.service()
        var attacks: [Attack] = []
        for (model, order) in [
            ("Customers", "name"), ("Customers", "amount DESC"), ("Customers", "orders.count DESC"),
            ("Customers", "profile.about"), ("Orders", "customer.name"), ("Orders", "placed DESC"), ("Docs", "made"),
            ("Groups", "parent.name"), ("Baskets", "products.count"),
        ] {
            let page: JSONValue = ["order": .string(order), "limit": 1, "page": ["cursor": true]]
            let made = try await service.ask(of: "victim", .get, "/api/\(model)?filter=\(page)".encodedQuery)
            let cursor = try #require(made.json["nextCursor"]?.text, "\(model) by \(order): \(made.text)")
            #expect(made.text.contains(TenantWorld.mark))
            for (limit, page) in [(1, ["cursor": true]), (5, ["cursor": true, "total": true])] as [(Int, JSONValue)] {
                for place in ["after", "before"] {
                    let filter: JSONValue = [
                        "order": .string(order), "limit": .number("\(limit)"), "page": page, place: .string(cursor),
                    ]
                    attacks.append(Attack(method: .get, path: "/api/\(model)?filter=\(filter)"))
                }
            }
            attacks.append(Attack(method: .get, path: "/api/\(model)?filter={\"after\":\"\(cursor)\"}"))
        }
        await source.database.close()
        #expect(try await expectNothing(attacks, "cursors") > 40)
    }

    // MARK: Every route

    @Test func `Nothing is read or changed by any route there is`() async throws {
        let world = try await TenantWorld("listing", isAlone: true)
        let routes = try world.service().routes.routes
        await world.database.close()
        #expect(routes.count > 250)
        var attacks: [Attack] = []
        for route in routes {
            let model = route.model
            func keys(_ isVictim: Bool) -> [String] {
                switch model {
                case "Product": [isVictim ? "VICTIM p1" : "p1"]
                case "Line": [isVictim ? #"{"orderId":9011,"place":1}"# : #"{"orderId":11,"place":1}"#]
                case "Order": [isVictim ? "9011" : "11"]
                default: [isVictim ? "9001" : "1"]
                }
            }
            func inner(_ isVictim: Bool) -> String {
                if route.path.contains("products") { return isVictim ? "VICTIM p2" : "p2" }
                if route.path.contains("orders") || route.path.contains("big") { return isVictim ? "9012" : "12" }
                if route.path.contains("lines") {
                    return isVictim ? #"{"orderId":9011,"place":2}"# : #"{"orderId":11,"place":2}"#
                }
                return isVictim ? "9002" : "2"
            }
            for (own, other) in [(false, true), (true, false), (true, true), (false, false)] {
                var path = "/api"
                for part in route.path.split(separator: "/") where part != "api" {
                    path += "/"
                    switch part {
                    case ":id": path += keys(own)[0]
                    case ":fk", ":nk": path += inner(other)
                    default: path += part
                    }
                }
                let hasKey = route.path.contains(":fk") || route.path.contains(":nk")
                if own != other, !hasKey { continue }
                if route.path.hasSuffix("/update") || route.path.hasSuffix("/upsertWithWhere") {
                    path += #"?where={"or":[{"tenant":"victim"},{"tenant":"acme"}]}"#
                }
                guard [HTTPRequest.Method.post, .put, .patch].contains(route.method) else {
                    attacks.append(Attack(method: route.method, path: path))
                    continue
                }
                // A key of everybody's table that is in use is told by its index: that is tried with what may differ.
                let isKeyed = path.lowercased().contains("product")
                for (body, mayDiffer) in Self.bodies(other, withKey: !isKeyed || !other) {
                    attacks.append(Attack(method: route.method, path: path, body: body, mayDiffer: mayDiffer))
                }
            }
        }
        #expect(try await expectNothing(attacks, "routes") > 250)
    }

    /// Data with keys of the own or the other's, and such as give records away.
    private static func bodies(_ isVictim: Bool, withKey: Bool) -> [(JSONValue, Bool)] {
        let base = isVictim ? 9000 : 0
        let sku: JSONValue = isVictim ? "VICTIM p1" : "p1"
        let all: JSONValue = [
            "name": "new", "customerId": .number("\(base + 1)"), "orderId": .number("\(base + 13)"), "place": 7,
            "groupId": .number("\(base + 2)"), "parentId": .number("\(base + 1)"), "sku": withKey ? sku : "new",
            "skus": [sku],
            "noteableId": .number("\(base + 1)"), "noteableType": "Customer", "title": "new",
        ]
        var bodies: [(JSONValue, Bool)] = [(all, false)]
        guard isVictim else { return bodies }
        bodies.append((["name": "new", "tenant": "victim"], false))
        bodies.append((["id": 9001, "sku": "VICTIM p1", "orderId": 9011, "place": 1, "name": "mine"], true))
        return bodies
    }

    // MARK: Writing

    @Test func `Nothing is changed, by whatever data`() async throws {
        func data(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }
        var attacks: [Attack] = []
        for (method, path, body, mayDiffer) in TenantAttacks.writes {
            attacks.append(
                Attack(
                    method: method, path: "/api/\(path)", body: method == .delete ? nil : try data(body),
                    mayDiffer: mayDiffer))
        }
        #expect(try await expectNothing(attacks, "writes") > 60)
    }

    @Test func `Who has no tenant gets nothing`() async throws {
        let world = try await TenantWorld("none", isAlone: false)
        let service = try world.service()
        let first = try await world.state()
        var asked = 0
        for route in service.routes.routes {
            let path = route.path.replacing(":id", with: "9001").replacing(":fk", with: "9002").replacing(
                ":nk", with: "9002")
            for tenant in [String?.none, ""] {
                let hasBody = [HTTPRequest.Method.post, .put, .patch].contains(route.method)
                let answer = try await service.ask(of: tenant, route.method, path, hasBody ? ["name": "x"] : nil)
                #expect(!answer.text.contains(TenantWorld.mark), "\(route): \(answer.text)")
                #expect(answer.status >= 400 && answer.status != 500, "\(route): \(answer.status) \(answer.text)")
                asked += 1
            }
        }
        #expect(asked > 500)
        #expect(try await world.state() == first)
        let answer = try await service.ask(of: nil, .get, "/api/Customers")
        #expect(answer.status == 403 && answer.code == "TENANT_REQUIRED")
        await world.database.close()
    }
}

extension String {
    /// With its query encoded.
    fileprivate var encodedQuery: String {
        let parts = split(separator: "?", maxSplits: 1)
        let path = parts[0].split(separator: "/").map {
            $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }
        var text = "/" + path.joined(separator: "/")
        guard parts.count > 1, let sign = parts[1].firstIndex(of: "=") else { return text }
        let value = parts[1][parts[1].index(after: sign)...]
        text += "?\(parts[1][..<sign])=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        return text
    }

    /// Without the times of the moment.
    fileprivate var undated: String {
        replacing(#/20\d\d-\d\d-\d\d[T ][\d:.]+(Z|\+00:00)?/#) {
            $0.output.0.hasPrefix("2026-01-0") ? String($0.output.0) : "NOW"
        }
    }
}
