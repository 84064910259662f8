// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// The arguments of a request: what its query string says, and in its place request headers of the same name, as some clients of
/// LoopBack send them.
struct RequestArguments {
    let query: QueryString
    private let fields: HTTPFields
    private let limits: FilterLimits

    /// Reads the query string.
    ///
    /// - Throws: ``PlannerError`` as `QueryString` does.
    init(_ query: String?, _ fields: HTTPFields, _ limits: FilterLimits) throws(PlannerError) {
        self.query = try QueryString(query ?? "", limits: limits)
        self.fields = fields
        self.limits = limits
    }

    /// The filter, nil when there is none.
    var filter: JSONValue? {
        get throws(PlannerError) { try object("filter") }
    }

    /// The condition, nil when there is none.
    var condition: JSONValue? {
        get throws(PlannerError) { try object("where") }
    }

    /// The filter whose `include` and `fields` count alone.
    private func object(_ name: String) throws(PlannerError) -> JSONValue? {
        let source = query[name] == nil ? try header(name) ?? query : query
        let value = try source.object(name)
        return value == .null ? JSONValue?.none : .some(value)
    }

    /// What a header says, as a query string.
    private func header(_ name: String) throws(PlannerError) -> QueryString? {
        guard let field = HTTPField.Name(name), let text = fields[field] else { return nil }
        let digits = Array("0123456789ABCDEF".utf8)
        let encoded = text.utf8.flatMap { [UInt8(ascii: "%"), digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        var limits = limits
        limits.bytes = limits.bytes * 3 + 16
        return try QueryString("\(name)=\(String(decoding: encoded, as: UTF8.self))", limits: limits)
    }
}
