// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension FuzzTarget {
    /// A filter from JSON text to statements: a line with the model's name, then the filter.
    package static func filter() throws -> FuzzTarget {
        let world = try FuzzSchema()
        return FuzzTarget(
            name: "filter", seeds: world.filters.map { Array("\($0.model)\n\($0.filter)".utf8) }, words: world.words
        ) { bytes in
            try Invariants.accepts {
                let (model, text) = try world.parts(bytes)
                let filter = try world.schema.filter(json: text, for: model.id)
                let isBlank = text.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
                if !isBlank {
                    let written = try JSONValue(parsing: text, maximumDepth: 512).description
                    guard try world.schema.filter(json: Array(written.utf8), for: model.id) == filter else {
                        throw Finding("another filter when written again")
                    }
                }
                try world.plan(filter, for: model)
            }
        }
    }

    /// A query string from text to statements: a line with the model's name, then the query.
    package static func query() throws -> FuzzTarget {
        let world = try FuzzSchema()
        let seeds =
            world.filters.map { "\($0.model)\nfilter=" + Self.escaped($0.filter.description) }
            + [
                "Customer\nfilter[where][age][gt]=20&filter[include][]=orders&filter[limit]=5",
                "Order\nfilter[where][or][0][id]=1&filter[where][or][1][id]=2&filter[order]=id%20DESC",
                "Customer\nfilter[fields][name]=true&filter[where][name][like]=A%25", "Item\na=1&a=2&a[b]=3",
            ]
        return FuzzTarget(
            name: "query", seeds: seeds.map { Array($0.utf8) },
            words: world.words + ["[", "]", "[]", "&", "=", "%", "%00", "%FF", "%zz", "+", "[0]", "[where]"]
        ) { bytes in
            try Invariants.accepts {
                let (model, text) = try world.parts(bytes)
                let query = String(decoding: text, as: UTF8.self)
                guard try QueryString(query) == QueryString(query) else { throw Finding("read in two ways") }
                try world.plan(try world.schema.filter(query: query, for: model.id), for: model)
            }
        }
    }

    /// What opaque cursors hold, sealed: a line with the model's name, then the payload, then any text as a cursor.
    package static func cursor() throws -> FuzzTarget {
        let world = try FuzzSchema()
        return FuzzTarget(
            name: "cursor",
            seeds: [
                #"["Customer","id",[1]]"#, #"["Customer","name DESC, id",["a",2]]"#, #"["Order","total, id",[null,1]]"#,
            ].map { Array($0.utf8) }, words: world.words + [" DESC", " NULLS FIRST", "null", ",", "[", "]"]
        ) { bytes in
            let texts = [CursorSeal.unsigned.seal(bytes), String(decoding: bytes, as: UTF8.self)]
            guard CursorSeal.unsigned.open(texts[0]) == bytes || bytes.isEmpty else {
                throw Finding("a sealed payload isn't opened")
            }
            var isAccepted = false
            for (name, order) in [("Customer", "id"), ("Customer", "name DESC"), ("Order", "total")] {
                for text in texts {
                    let json: JSONValue = .object([.init("order", .string(order)), .init("after", .string(text))])
                    let accepts = try Invariants.accepts {
                        let model = world.schema[try world.schema.id(of: name)]
                        try world.plan(try world.schema.filter(json, for: model.id), for: model)
                    }
                    isAccepted = isAccepted || accepts
                }
            }
            return isAccepted
        }
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            return isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
