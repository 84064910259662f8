// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

/// Values of every type go into typed conditions and come back as they were.
@Suite struct TypedValueTests {
    private struct Theme: Codable, Hashable, Sendable {
        var theme: String
        var sizes: [Int]
    }

    private struct Email: RawRepresentable, PropertyValue, Hashable { var rawValue: String }
    private enum Mood: String, PropertyValue { case happy, sad }
    private enum Rank: Int, PropertyValue { case low = 1, high = 2 }

    private struct Account: TypedModel, Codable {
        var id: Int
        var email: Email
        var mood: Mood
        var rank: Rank
        var key: UUID
        var balance: Decimal
        var exact: PostgresNumeric
        var at: Date
        var day: PostgresDate
        var time: PostgresTime
        var span: PostgresInterval
        var stamp: PostgresTimestamp
        var bytes: Data
        var site: URL
        var tags: [String]
        var counts: [Int?]
        var settings: Document<Theme>
        var extra: JSONValue?
        var listed: [String]
        var place: PostgresPoint
        var ratio: Double
        var small: Int16
        var network: String?
        static let definition = TypedDefinition<Account>("Account") {
            $0.id("id", \.id)
            $0.property("email", \.email)
            $0.property("mood", \.mood, dataType: "mood")
            $0.property("rank", \.rank)
            $0.property("key", \.key)
            $0.property("balance", \.balance, dataType: "numeric(30,10)")
            $0.property("exact", \.exact)
            $0.property("at", \.at)
            $0.property("day", \.day)
            $0.property("time", \.time)
            $0.property("span", \.span)
            $0.property("stamp", \.stamp)
            $0.property("bytes", \.bytes)
            $0.property("site", \.site)
            $0.property("tags", \.tags)
            $0.property("counts", \.counts)
            $0.property("settings", \.settings)
            $0.property("extra", \.extra)
            $0.property("listed", \.listed, dataType: "text")
            $0.property("place", \.place)
            $0.property("ratio", \.ratio)
            $0.property("small", \.small)
            $0.property("network", \.network, dataType: "inet")
        }
        init(row: inout RecordReader) throws {
            id = try row("id")
            email = try row("email")
            mood = try row("mood")
            rank = try row("rank")
            key = try row("key")
            balance = try row("balance")
            exact = try row("exact")
            at = try row("at")
            day = try row("day")
            time = try row("time")
            span = try row("span")
            stamp = try row("stamp")
            bytes = try row("bytes")
            site = try row("site")
            tags = try row("tags")
            counts = try row("counts")
            settings = try row("settings")
            extra = try row("extra")
            listed = try row("listed")
            place = try row("place")
            ratio = try row("ratio")
            small = try row("small")
            network = try row("network")
        }
    }

    private static let opened = Task {
        let test = try await TestDatabase.named("typed_values")
        _ = try await test.run(
            """
            CREATE TYPE mood AS ENUM ('happy', 'sad');
            CREATE TABLE account (id bigint PRIMARY KEY, email text, mood mood, rank bigint, key uuid, balance numeric(30,10),
                exact numeric, at timestamptz, day date, "time" time, span interval, stamp timestamp, bytes bytea, site text,
                tags text[], counts bigint[], settings jsonb, extra jsonb, listed text, place point, ratio float8,
                small int2, network inet);
            INSERT INTO account SELECT n, 'a' || n || '@example.com', CASE WHEN n % 2 = 0 THEN 'happy' ELSE 'sad' END::mood,
                1 + n % 2, md5(n::text)::uuid, 12345678901234567890.0123456789 + n, 1e60 + n,
                '2026-01-02 03:04:05.678Z'::timestamptz + n * interval '1 second', date '2026-01-01' + n, time '12:30' + n * interval '1 minute',
                n * interval '1 day 2 hours', timestamp '2026-01-02 03:04:05.5' + n * interval '1 hour', decode('00ff0' || n, 'hex'), 'https://example.com/' || n,
                ARRAY['x', 'y' || n], ARRAY[n, NULL], jsonb_build_object('theme', CASE WHEN n > 2 THEN 'dark' ELSE 'light' END, 'sizes', ARRAY[n]),
                CASE WHEN n > 1 THEN jsonb_build_object('n', n) END, '["one","' || n || '"]', point(13 + n, 52), n / 4.0, n, CASE WHEN n > 1 THEN '10.0.0.1'::inet END
                FROM generate_series(1, 5) n;
            """)
        return try await Database.open(
            schema: try Schema(models: [Account.self]), connection: ConnectionConfiguration(url: test.url))
    }

    private var accounts: TypedQuery<Account> { get async throws { try await Self.opened.value.query(Account.self) } }

    @Test func `Read values are those of the database`() async throws {
        let account = try #require(try await accounts.find(2))
        #expect(account.email.rawValue == "a2@example.com" && account.mood == .happy && account.rank == .low)
        #expect(account.balance == Decimal(string: "12345678901234567892.0123456789"))
        #expect(account.exact.description.hasPrefix("1000000000") && account.exact.description.hasSuffix("002"))
        #expect(account.day.description == "2026-01-03" && account.time.description == "12:32:00")
        #expect(account.span.days == 2 && account.bytes == Data([0, 255, 2]))
        #expect(account.site.absoluteString == "https://example.com/2")
        #expect(account.tags == ["x", "y2"] && account.counts == [2, nil] && account.listed == ["one", "2"])
        #expect(account.settings.content == Theme(theme: "light", sizes: [2]) && account.extra?["n"] == 2)
        #expect(account.place == PostgresPoint(x: 15, y: 52) && account.ratio == 0.5 && account.small == 2)
        #expect(try await accounts.find(1)?.extra == nil && account.network == "10.0.0.1")
    }

    @Test func `Each value finds its own row`() async throws {
        let query = try await accounts
        let own = try #require(try await query.find(3))
        func ids(_ query: TypedQuery<Account>) async throws -> [Int] { try await query.all().map(\.id) }
        #expect(try await ids(query.where { $0.email == own.email }) == [3])
        #expect(try await ids(query.where { $0.mood == .sad }) == [1, 3, 5])
        #expect(try await ids(query.where { $0.rank > .low }) == [1, 3, 5])
        #expect(try await ids(query.where { $0.key == own.key }) == [3])
        #expect(try await ids(query.where { $0.balance == own.balance }) == [3])
        #expect(try await ids(query.where { $0.exact == own.exact }) == [3])
        #expect(try await ids(query.where { $0.at == own.at }) == [3])
        #expect(try await ids(query.where { $0.day == own.day }) == [3])
        #expect(try await ids(query.where { $0.time == own.time }) == [3])
        #expect(try await ids(query.where { $0.span == own.span }) == [3])
        #expect(try await ids(query.where { $0.stamp == own.stamp }) == [3])
        #expect(try await ids(query.where { $0.bytes == own.bytes }) == [3])
        #expect(try await ids(query.where { $0.site == own.site }) == [3])
        #expect(try await ids(query.where { $0.tags == own.tags }) == [3])
        #expect(try await ids(query.where { $0.settings == own.settings }) == [3])
        #expect(try await ids(query.where { $0.extra == own.extra }) == [3])
        #expect(try await ids(query.where { $0.place == own.place }) == [3])
        #expect(try await ids(query.where { $0.ratio == own.ratio }) == [3])
        #expect(try await ids(query.where { $0.small == own.small }) == [3])
        #expect(try await ids(query.where { $0.network == nil }) == [1])
    }

    @Test func `Lists, documents and points are asked about by what they hold`() async throws {
        let query = try await accounts
        func ids(_ query: TypedQuery<Account>) async throws -> [Int] { try await query.all().map(\.id) }
        #expect(try await ids(query.where { $0.tags.contains("y4") }) == [4])
        #expect(try await ids(query.where { $0.tags.contains(all: ["x", "y4"]) }) == [4])
        #expect(try await ids(query.where { $0.tags.contains(anyOf: ["y1", "y2"]) }) == [1, 2])
        #expect(try await ids(query.where { $0.tags.isContained(in: ["x", "y1", "z"]) }) == [1])
        #expect(try await ids(query.where { $0.settings.at("theme", String.self) == "dark" }) == [3, 4, 5])
        #expect(try await ids(query.where { $0.settings.at("sizes.0", Int.self) > 3 }) == [4, 5])
        #expect(try await ids(query.where { $0.settings.at("theme", String.self).startsWith("l") }) == [1, 2])
        #expect(try await ids(query.where { $0.extra.at("n", Int.self) == nil }) == [1])
        #expect(try await ids(query.where { $0.settings.contains(["theme": "light"]) }) == [1, 2])
        let near = query.where { $0.place.near(latitude: 52, longitude: 15.1, within: 70) }
        #expect(try await ids(near) == [2, 3])
        #expect(
            try near.filter == [
                "where": ["place": ["near": ["lat": 52, "lng": 15.1], "maxDistance": 70, "unit": "kilometers"]]
            ])
        #expect(try await ids(query.order { $0.settings.at("theme", String.self).descending }.limit(1)) == [1])
    }

    @Test func `JSON of every type is that of the graph, and is read back`() async throws {
        let graph = try await accounts.graph()
        let records = try graph.records(as: Account.self)
        let data = try JSONEncoder().encode(
            records.map { account in
                var copy = account
                copy.exact = .zero  // more digits than an encoder takes
                return copy
            })
        var expected = try TypedShop.comparable(try graph.json()).elements ?? []
        for index in expected.indices {
            guard case .object(var members) = expected[index] else { continue }
            for member in members.indices where members[member].key == "exact" { members[member].value = 0 }
            expected[index] = .object(members)
        }
        #expect(try TypedShop.comparable(data).description == JSONValue.array(expected).description)
        let back = try JSONDecoder().decode([Account].self, from: data)
        #expect(
            try TypedShop.comparable(JSONEncoder().encode(back)).description == JSONValue.array(expected).description)
    }
}
