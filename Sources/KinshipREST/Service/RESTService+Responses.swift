// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import Logging

extension RESTService {
    /// The response that an operation's answer is.
    ///
    /// - Throws: ``RESTError`` `OVERLOADED` for a long one where there are as many as there may be.
    func response(
        _ answer: Answer, to request: HTTPRequest, _ place: InFlight.Place, _ client: String?
    ) throws(RESTError) -> RESTResponse {
        var head = HTTPResponse(status: answer.status)
        guard let body = answer.body else { return RESTResponse(head) }
        head.headerFields[.contentType] = "application/json; charset=utf-8"
        if let link = answer.link, let name = HTTPField.Name("Link") { head.headerFields[name] = link }
        addCoding(to: &head.headerFields)
        let isRead = request.method == .get || request.method == .head
        if isRead, options.hasEntityTags, let tag = answer.tag ?? body.whole.map({ EntityTag.weak($0) }) {
            head.headerFields[.eTag] = tag
            let asked = request.headerFields[values: .ifNoneMatch]
            if !asked.isEmpty, EntityTags(asked).matchesWeakly(tag) {
                head.status = .notModified
                head.headerFields[.contentType] = nil
                return RESTResponse(head)
            }
        } else if let tag = answer.tag {
            head.headerFields[.eTag] = tag
        }
        if request.method == .head {
            if let length = body.length { head.headerFields[.contentLength] = String(length) }
            return RESTResponse(head)
        }
        let sent = compressed(body, &head, for: request)
        guard sent.length == nil else {
            head.headerFields[.contentLength] = sent.length.map { String($0) }
            return RESTResponse(head, sent)
        }
        // Who reads slowly takes no place of those who ask for little.
        let stream = try streams.enter(client)
        place.end()
        return RESTResponse(head, sent.holding(stream, until: ContinuousClock.now + settings.limits.streamTime))
    }

    /// What caches have to know: answers depend on headers too, and are for who asked.
    func addCaching(to fields: inout HTTPFields) {
        fields.append(HTTPField(name: .vary, value: "filter, where, Accept"))
        if keeper != nil { fields.append(HTTPField(name: .vary, value: "Authorization, X-Access-Token, Cookie")) }
        if let header = options.tenant?.header { fields.append(HTTPField(name: .vary, value: header.rawName)) }
        if let control = options.cacheControl, fields[.cacheControl] == nil { fields[.cacheControl] = control }
    }

    /// What caches have to know of answers that may come in a coding: that they weren't changed is said of one too.
    func addCoding(to fields: inout HTTPFields) {
        if options.compressor != nil { fields.append(HTTPField(name: .vary, value: "Accept-Encoding")) }
    }

    /// What an answer is made smaller with; nil for nothing. One with a strong tag stays as it is, for the tag is of its bytes.
    ///
    /// - Parameter length: how many bytes it has; nil for nobody knows.
    func compressor(
        for request: HTTPRequest, length: Int?, _ fields: HTTPFields
    ) -> (any ResponseCompressor)? {
        let accepted = request.headerFields[values: .acceptEncoding].joined(separator: ",")
        guard let compressor = options.compressor, (length ?? .max) >= options.compressedBytes,
            fields[.eTag]?.hasPrefix("\"") != true, MediaType.accepts(coding: compressor.coding, accepted)
        else { return nil }
        return compressor
    }

    /// Bytes made smaller; nil where that fails, which is told to the log.
    func compressed(_ bytes: [UInt8], by compressor: any ResponseCompressor) -> [UInt8]? {
        do {
            let stream = try compressor.begin()
            return try stream.compress(bytes) + stream.finish()
        } catch {
            options.logger.warning("An answer could not be compressed: \(error)")
            return nil
        }
    }

    /// The body in a coding that the client takes.
    private func compressed(_ body: RESTResponseBody, _ head: inout HTTPResponse, for request: HTTPRequest)
        -> RESTResponseBody
    {
        guard let compressor = compressor(for: request, length: body.length, head.headerFields) else { return body }
        guard let bytes = body.whole else {
            head.headerFields[.contentEncoding] = compressor.coding
            return RESTResponseBody([], CompressedPieces(body, compressor))
        }
        guard let smaller = compressed(bytes, by: compressor) else { return body }
        head.headerFields[.contentEncoding] = compressor.coding
        return RESTResponseBody(smaller)
    }

    /// A challenge that says that the token is no good (RFC 6750): behind the scheme alone, or behind a comma where it has parameters already
    /// (RFC 9110).
    private static func refusing(_ challenge: String) -> String {
        var text = challenge[...]
        while text.last == " " { text.removeLast() }
        return "\(text)\(text.contains(" ") ? "," : "") error=\"invalid_token\""
    }

    /// The response that an error is.
    func response(of error: any Error) -> RESTResponse {
        let body = ErrorBody(error, in: database.schema)
        // Those that are turned away are counted, not told one by one.
        let isOverload = (error as? RESTError)?.code == .overloaded
        if body.report.status >= 500, !isOverload, body.report.fault != .request, body.report.fault != .cancellation,
            let untold = outages.untold(body.report)
        {
            options.logger.error("\(body.report)\(untold == 0 ? "" : " (and \(untold) more since this was told last)")")
        }
        var head = HTTPResponse(status: body.status)
        head.headerFields[.contentType] = "application/json; charset=utf-8"
        head.headerFields[.xContentTypeOptions] = "nosniff"
        if let wait = body.retryAfter {
            head.headerFields[.retryAfter] = String(max(1, wait.components.seconds))
        }
        if body.status == .unauthorized, let challenge = keeper?.challenge {
            let isInvalid = body.report.code == RESTError.Code.invalidToken.rawValue
            head.headerFields[.wwwAuthenticate] = isInvalid ? Self.refusing(challenge) : challenge
        }
        let bytes = body.json
        head.headerFields[.contentLength] = String(bytes.count)
        return RESTResponse(head, RESTResponseBody(bytes))
    }
}
