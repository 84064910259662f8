// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipREST

/// What headers say.
@Suite struct HeaderTests {
    @Test(arguments: [
        ("*/*", true), ("application/json", true), ("text/html, application/json;q=0.9", true), ("application/*", true),
        ("application/vnd.api+json", true), ("text/html", false), ("application/json;q=0", false), ("", false),
        ("application/jsonp", false),
    ])
    func acceptListsJSON(value: String, expected: Bool) { #expect(MediaType.acceptsJSON(value) == expected) }

    @Test(arguments: [
        ("application/json", "application/json", true), ("Application/JSON; charset=UTF-8", "application/json", true),
        ("application/json;charset=\"utf-8\"", "application/json", true),
        ("application/json; charset=latin1", "application/json", false), ("", "", true),
    ])
    func contentTypes(value: String, name: String, isText: Bool) {
        #expect(MediaType(value).name == name)
        #expect(MediaType(value).isText == isText)
    }

    @Test func tagsAreReadAsTheyAreWritten() {
        let tags = EntityTags([#"W/"a,b", "c""#, #""d""#])
        #expect(tags.tags == [#"W/"a,b""#, #""c""#, #""d""#])
        #expect(tags.matchesWeakly(#""a,b""#) && tags.matchesWeakly(#"W/"c""#) && !tags.matchesWeakly(#""e""#))
        #expect(tags.matchesStrongly(#""c""#) && !tags.matchesStrongly(#"W/"a,b""#))
        #expect(EntityTags(["*"]).isAny)
        #expect(EntityTags([#""7""#]).version == "7")
        #expect(EntityTags([#""7-1x-y""#]).version == "7")
        for other in [#"W/"7""#, #""7", "8""#, #""seven""#, #""""#, "7", "\"", #""-7""#] {
            #expect(EntityTags([other]).version == nil, "\(other)")
        }
    }

    @Test(arguments: [
        ("/a/b%2Fc/", ["a", "b/c"]), ("/", []), ("", []), ("/a//b", ["a", "", "b"]), ("/%C3%A9?x=/y", ["é"]),
    ])
    func pathsAreTakenApart(target: String, segments: [String]) throws {
        #expect(try RoutePath(target).segments == segments)
    }

    @Test(arguments: ["/%", "/a%2", "/%GG", "/%E0%A4%A", "/%FF"])
    func pathsThatCantBeDecodedAreRefused(target: String) {
        #expect(throws: RESTError.self) { try RoutePath(target) }
    }
}
