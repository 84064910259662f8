// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import TestSupport
import Testing

/// What caches on the way are told.
@Suite struct CachingTests {
    /// Filters come in headers too, and answers are for who asked.
    @Test func everyReadSaysWhatItDependsOn() async throws {
        try await RESTWorld.withService("caching") { service, _, _ in
            var asked = 0
            for route in service.routes.routes where route.method == .get || route.method == .head {
                let path = "/api" + route.path.replacing(#/:\w+/#, with: "1")
                for fields: HTTPFields in [[:], [.accept: "text/html"]] {
                    let answer = try await service.ask(route.method, path, fields)
                    let vary = answer.fields[values: .vary].joined(separator: ",")
                    for name in ["filter", "where", "Accept"] { #expect(vary.contains(name), "\(route): \(vary)") }
                    #expect(answer.fields[.cacheControl] == "private, no-cache", "\(route)")
                    asked += 1
                }
            }
            #expect(asked > 20)
            #expect(try await service.ask(.get, "/api/nothing").fields[.cacheControl] == "private, no-cache")
            // What isn't changed is as private.
            let first = try await service.ask(.get, "/api/Things/1")
            let again = try await service.ask(.get, "/api/Things/1", [.ifNoneMatch: try #require(first.fields[.eTag])])
            #expect(again.status == 304 && again.fields[.cacheControl] == "private, no-cache")
        }
    }

    @Test func aProgramDecides() async throws {
        for control in ["public, max-age=60", nil] {
            try await RESTWorld.withService("cached") { options in
                options.cacheControl = control
            } _: { service, _, _ in
                let answer = try await service.ask(.get, "/api/Things/1")
                #expect(answer.fields[.cacheControl] == control)
            }
        }
    }

    /// A header that proxies don't take is not sent; the cursors are in the page.
    @Test func longFiltersHaveNoLinks() async throws {
        try await RESTWorld.withService("long-links") { service, _, _ in
            for (length, isThere) in [(1_000, true), (3_900, false), (20_000, false)] {
                let path =
                    "/api/Things?filter[where][name][neq]=\(String(repeating: "x", count: length))&filter[limit]=5"
                    + "&filter[page][cursor]=true"
                let answer = try await service.ask(.get, path)
                #expect(answer.status == 200 && answer.json["rows"]?.elements?.count == 5, "\(answer.text)")
                let link = answer.fields[try #require(HTTPField.Name("Link"))]
                #expect((link != nil) == isThere, "\(length): \(link ?? "none")")
                #expect((link?.utf8.count ?? 0) <= 4_096)
            }
        }
    }

    /// Nobody knows how long a list is that is made while it is sent.
    @Test func theHeadOfALongListSaysNoLength() async throws {
        try await RESTWorld.withService("head") { options in
            (options.batchSize, options.bufferedBytes) = (100, 2_000)
        } _: { service, _, _ in
            let long = try await service.ask(.head, "/api/Things")
            #expect(long.status == 200 && long.body.isEmpty && long.fields[.contentLength] == nil)
            let short = try await service.ask(.head, "/api/Things?filter[limit]=1")
            #expect(short.fields[.contentLength] == "40", "\(short.fields)")
            for _ in 0..<2_000 where service.requestsInFlight > 0 { try await Task.sleep(for: .milliseconds(5)) }
            #expect(service.requestsInFlight == 0)
        }
    }
}
