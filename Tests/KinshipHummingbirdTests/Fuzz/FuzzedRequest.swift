// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import HTTPTypes
import TestSupport

/// A request that nobody meant.
struct FuzzedRequest: Sendable, CustomStringConvertible {
    var method: String
    /// The path with its query, as it is sent.
    var path: String
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// How many bytes go into a chunk; nil for a body whose length is told.
    var chunk: Int?
    /// What is sent in its place, which needn't be HTTP.
    var wire: [UInt8]?

    /// Whether a server can tell where it begins and ends.
    var isFramed: Bool { wire == nil }

    var description: String {
        wire.map { "\(String(decoding: $0.prefix(600), as: UTF8.self).debugDescription)" }
            ?? "\(method) \(path.prefix(400)) \(fields) \(String(decoding: body.prefix(400), as: UTF8.self).debugDescription) chunk \(chunk ?? 0)"
    }

    /// As a client sends it.
    var bytes: [UInt8] {
        if let wire { return wire }
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for field in fields { head += "\(field.name): \(field.value)\r\n" }
        guard let chunk, !body.isEmpty else {
            if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
            return Array((head + "\r\n").utf8) + body
        }
        var bytes = Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8)
        for start in stride(from: 0, to: body.count, by: chunk) {
            let piece = body[start..<min(body.count, start + chunk)]
            bytes += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }

    /// As a service is asked without a server; nil where no server would pass it on.
    var request: HTTPRequest? {
        guard wire == nil, let method = HTTPRequest.Method(method) else { return nil }
        var request = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
        for field in fields {
            guard let name = HTTPField.Name(field.name) else { return nil }
            request.headerFields.append(HTTPField(name: name, value: field.value))
        }
        return request
    }

    /// A path without what ends a request's first line: other bytes than those of paths as percent signs and digits.
    static func sendable(path: String) -> String {
        let plain = Set("-._~/?&=[]:,*$@!'()+;%".utf8)
        var text = path.hasPrefix("/") ? "" : "/"
        for byte in path.utf8 {
            let isPlain =
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || plain.contains(byte)
            text += isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }

    /// A header's value without what ends its line.
    static func sendable(value: String) -> String {
        String(String.UnicodeScalarView(value.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }
}
#endif
