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
    private let showsDeleted: Bool

    /// Reads the query string.
    ///
    /// - Parameters:
    ///   - takesOthers: whether other parameters than `filter` and `where` count; else those that can't be read are as good as not there.
    ///   - showsDeleted: whether `withDeleted` may be asked for.
    /// - Throws: ``PlannerError`` as `QueryString` does.
    init(
        _ query: String?, _ fields: HTTPFields, _ limits: FilterLimits, takesOthers: Bool = true,
        showsDeleted: Bool = true
    ) throws(PlannerError) {
        self.showsDeleted = showsDeleted
        do throws(PlannerError) {
            self.query = try QueryString(query ?? "", limits: limits)
        } catch {
            guard error.code == .invalidFilter, !takesOthers else { throw error }
            self.query = try QueryString(Self.own(query ?? ""), limits: limits)
        }
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

    /// The parts of a query string that are about `filter` and `where`.
    private static func own(_ query: String) -> String {
        query.split(separator: "&").filter { part in
            let name = part.prefix { $0 != "=" && $0 != "[" && $0 != "%" }
            return name == "filter" || name == "where"
        }.joined(separator: "&")
    }

    /// Whether a filter, or one of an include, asks for deleted records.
    private static func asksForDeleted(_ json: JSONValue) -> Bool {
        if let elements = json.elements { return elements.contains(where: asksForDeleted) }
        return (json.members ?? []).contains { member in
            switch member.key {
            case "withDeleted": ![.null, .bool(false), "", "false"].contains(member.value)
            case "where", "fields", "order": false
            default: asksForDeleted(member.value)
            }
        }
    }

    private func object(_ name: String) throws(PlannerError) -> JSONValue? {
        let source = query[name] == nil ? try header(name) ?? query : query
        let value = try source.object(name)
        if name == "filter", !showsDeleted, Self.asksForDeleted(value) {
            throw PlannerError(
                .prohibitedProperty, "Deleted records aren't shown here; leave \"withDeleted\" out.",
                path: "withDeleted")
        }
        return value == .null ? JSONValue?.none : .some(value)
    }

    /// What a header says, as a query string.
    private func header(_ name: String) throws(PlannerError) -> QueryString? {
        guard let field = HTTPField.Name(name), let text = fields[field] else { return nil }
        let digits = Array("0123456789ABCDEF".utf8)
        let encoded = text.utf8.flatMap { [UInt8(ascii: "%"), digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        var limits = limits
        limits.bytes = limits.bytes.saturating(multipliedBy: 3).saturating(adding: 16)
        return try QueryString("\(name)=\(String(decoding: encoded, as: UTF8.self))", limits: limits)
    }
}
