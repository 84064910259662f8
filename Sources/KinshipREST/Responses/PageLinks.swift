// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// The `Link` header of a page: where the pages before and behind it are.
enum PageLinks {
    /// How many bytes the header may have.
    private static let longest = 4_096

    /// The links; nil where there are none, and where they are too long for a header.
    ///
    /// - Parameters:
    ///   - target: the path of the request, with its query.
    ///   - filter: its filter.
    static func header(of graph: Graph, target: String, filter: JSONValue) -> String? {
        let links = [("next", "after", graph.nextCursor), ("prev", "before", graph.previousCursor)].compactMap {
            relation, key, cursor in
            cursor.map { "<\(address(target, filter, key, $0))>; rel=\"\(relation)\"" }
        }
        let header = links.joined(separator: ", ")
        // Proxies take no long headers; the cursors are in the page as well.
        return header.isEmpty || header.utf8.count > longest ? nil : header
    }

    private static func address(_ target: String, _ filter: JSONValue, _ key: String, _ cursor: String) -> String {
        let replaced = ["after", "before", "skip", "offset"]
        var members = (filter.members ?? []).filter { !replaced.contains($0.key) }
        members.append(.init(key, .string(cursor)))
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let others = (parts.count > 1 ? parts[1] : "").split(separator: "&").filter { part in
            let name = part.split(separator: "=", maxSplits: 1).first ?? ""
            let plain = name.replacing("%5B", with: "[").replacing("%5b", with: "[")
            return plain != "filter" && !plain.hasPrefix("filter[")
        }
        let query = others.map(String.init) + ["filter=" + encoded(JSONValue.object(members).description)]
        return (parts.first ?? "") + "?" + query.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
