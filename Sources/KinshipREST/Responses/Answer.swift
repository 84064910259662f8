// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// What an operation comes to, before it is a response.
struct Answer {
    var status = HTTPResponse.Status.ok
    /// JSON, whose length or pieces are known; nil for an answer without a body.
    var body: RESTResponseBody?
    /// A tag that says more than the bytes do.
    var tag: String?
    /// Links to other pages.
    var link: String?
    /// Whether it is a stream of events.
    var isOfEvents = false

    /// An answer without a body.
    static let noContent = Answer(status: .noContent)

    /// JSON that is there.
    static func json(_ bytes: [UInt8]) -> Answer { Answer(body: RESTResponseBody(bytes)) }

    /// `{"count": n}`.
    static func count(_ result: CountResult) -> Answer { .json(Array("{\"count\":\(result.count)}".utf8)) }

    /// `{"exists": true}`.
    static func exists(_ isThere: Bool) -> Answer { .json(Array("{\"exists\":\(isThere)}".utf8)) }
}
