// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// Reads the body of a request as data.
struct BodyReader {
    let fields: HTTPFields
    let limits: RESTLimits

    /// The data: an object, or a list where one may be. No body counts as `{}`.
    ///
    /// - Throws: ``RESTError`` for a type that isn't read, for more than may be sent, and for JSON of another kind;
    ///   `INVALID_JSON` and `QUERY_OBJECT_TOO_DEEP`.
    func data(_ body: RESTRequestBody, takesList: Bool) async throws -> JSONValue {
        try data(await value(body), takesList: takesList)
    }

    /// What a body holds as data.
    func data(_ value: JSONValue?, takesList: Bool) throws(RESTError) -> JSONValue {
        guard let data = value else { return [:] }
        switch data {
        case .object: return data
        case .array(let records) where takesList:
            guard records.count <= limits.records else {
                throw RESTError(
                    .bodyTooLarge,
                    "The body has more than the \(limits.records) records that one may have; send less at once.")
            }
            return data
        case .array:
            throw RESTError(.invalidBody, "The body is a list; one object of properties is expected here.")
        default:
            throw RESTError(.invalidBody, "The body is \(data.kindName); an object of properties is expected.")
        }
    }

    /// What the body holds, whatever it is; nil for none.
    ///
    /// - Throws: as ``data(_:takesList:)``.
    func value(_ body: RESTRequestBody) async throws -> JSONValue? {
        if let text = fields[.contentLength], let length = Int(text), length > limits.bodyBytes {
            throw RESTError(
                .bodyTooLarge,
                "The body has more than the \(limits.bodyBytes) bytes that one may have; send less at once.")
        }
        let bytes = try await body.bytes(upTo: limits.bodyBytes)
        // Of a form, or a list of numbers, a part looks like all of it.
        if let text = fields[.contentLength], let length = Int(text), bytes.count < length {
            throw RESTError(.invalidBody, "The body broke off ahead of its end; send it once more.")
        }
        guard !bytes.isEmpty else { return .none }
        if let coding = fields[.contentEncoding], coding.lowercased() != "identity" {
            throw RESTError(.unsupportedMediaType, "Bodies are read as they are; send them without Content-Encoding.")
        }
        let type = MediaType(fields[.contentType] ?? "")
        guard type.isText else {
            throw RESTError(.unsupportedMediaType, "Bodies are read as UTF-8; send Content-Type: application/json.")
        }
        switch type.name {
        case "application/x-www-form-urlencoded":
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw RESTError(.invalidBody, "The form isn't UTF-8.")
            }
            let form = try QueryString(text, limits: limits.form)
            return .some(.object(form.parameters))
        case "application/json": return .some(try json(bytes))
        case let name where name.hasSuffix("+json"): return .some(try json(bytes))
        default:
            throw RESTError(
                .unsupportedMediaType,
                "Bodies are JSON or a form; send Content-Type: application/json, or application/x-www-form-urlencoded.")
        }
    }

    private func json(_ bytes: [UInt8]) throws(PlannerError) -> JSONValue {
        try JSONValue(parsing: bytes, maximumDepth: limits.dataDepth)
    }
}
