// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import HTTPTypes
import Kinship
import KinshipREST
import TestSupport

/// What a fuzzed request was answered with, and what is wrong with that.
struct FuzzedAnswer: Sendable {
    /// 0 where there was no answer.
    var status: Int
    var type: String?
    var retryAfter: String?
    var body: [UInt8]
    var isWhole = true
    var isClosed = true

    /// Sends it over a socket.
    init(_ request: FuzzedRequest, to client: RawHTTP) async throws {
        // Where nobody can tell the end of a request it is that of what is sent.
        let (answer, isClosed) = try await client.exchange(
            request.bytes, endingInput: !request.isFramed, within: 30)
        (status, body, isWhole) = (answer.status, answer.body, answer.isWhole)
        (type, retryAfter) = (answer.fields["content-type"]?.first, answer.fields["retry-after"]?.first)
        self.isClosed = isClosed
        if request.method == "HEAD" || status == 304 { isWhole = true }
    }

    /// Asks a service without a server; nil where no server would.
    init?(_ request: FuzzedRequest, to service: RESTService) async throws {
        guard let asked = request.request else { return nil }
        let response = await service.respond(to: asked, body: RESTRequestBody(request.body), client: "fuzz")
        status = response.head.status.code
        (type, retryAfter) = (response.head.headerFields[.contentType], response.head.headerFields[.retryAfter])
        body = []
        for try await piece in response.body { body += piece }
    }

    /// The error, as LoopBack gives it.
    private var error: JSONValue? { (try? JSONValue(parsing: body, maximumDepth: 512))?["error"] }

    private var code: String { error?["code"]?.text ?? "" }

    /// Whether it was refused for want of a place.
    var isOverload: Bool { status == 503 && code == "OVERLOADED" }

    /// What is wrong with it; nil for nothing.
    func finding(_ request: FuzzedRequest, atLimits: Bool = false) -> String? {
        guard isClosed else { return "the connection stays open" }
        if !request.isFramed {
            // What is no HTTP is the server's to refuse, with a word or without one.
            if status == 0 || (body.isEmpty && [400, 413, 414, 431, 501, 505].contains(status)) { return nil }
            return status == 500 || status == 503 || !(200..<600).contains(status) ? summary : nil
        }
        guard (200..<600).contains(status) else { return status == 0 ? "no answer" : summary }
        guard isWhole else { return "the answer breaks off: \(summary)" }
        switch status {
        case 503:
            // Two that wait for each other, of whom one has to ask again, are no fault of either.
            let isContention = ["DEADLOCK_DETECTED", "SERIALIZATION_FAILURE", "LOCK_NOT_AVAILABLE"].contains(code)
            let isTold = isContention || (atLimits && isOverload)
            // What HEAD is answered with says no more than that.
            return retryAfter != nil && (isTold || (atLimits && request.method == "HEAD" && body.isEmpty))
                ? nil : summary
        case 504: return code == "REQUEST_TIMEOUT" ? nil : summary
        case 500...: return summary
        case 400..<500:
            guard request.method != "HEAD" else { return body.isEmpty ? nil : "a body for HEAD: \(summary)" }
            let isError =
                type?.hasPrefix("application/json") == true && error?["statusCode"] == .number("\(status)")
                && error?["name"]?.text?.isEmpty == false && error?["message"]?.text?.isEmpty == false && !code.isEmpty
            return isError ? nil : "no error as LoopBack gives it: \(summary)"
        default: return nil
        }
    }

    private var summary: String { "\(status) \(type ?? "") \(String(decoding: body.prefix(400), as: UTF8.self))" }
}
#endif
