// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// What `If-Match` asks for: that the record still has the number of changes that its tag said.
struct Precondition {
    private let model: Model
    private let property: Property
    private let version: String

    /// The request's, nil where it has none, or only that there be a record.
    ///
    /// - Throws: ``RESTError`` `PRECONDITION_FAILED` for a tag that no record can have.
    init?(_ exchange: Exchange) throws(RESTError) {
        let values = exchange.request.headerFields[values: .ifMatch]
        guard !values.isEmpty else { return nil }
        let tags = EntityTags(values)
        if tags.isAny { return nil }
        guard let property = exchange.model.version else {
            throw RESTError(
                .preconditionFailed,
                "Changes of \(exchange.model.name) aren't counted, so that If-Match can't be kept: the model needs a \"version\" property."
            )
        }
        guard let version = tags.version else {
            throw RESTError(
                .preconditionFailed,
                "If-Match needs the one tag that the record came with, such as \"3\"; read it again without a filter.")
        }
        (model, self.property, self.version) = (exchange.model, property, version)
    }

    /// Sees to it that what a request makes a condition is kept, or refused before anything is done: it is never passed over.
    ///
    /// `If-Match` is for routes that change one record by its key; `If-None-Match: *` for those that make a new one.
    ///
    /// - Throws: ``RESTError`` `PRECONDITION_FAILED`.
    static func requireKept(_ exchange: Exchange) throws(RESTError) {
        guard exchange.route.accessType != .read else { return }
        let fields = exchange.request.headerFields
        if !fields[values: .ifMatch].isEmpty, !exchange.route.operation.keepsVersions {
            throw RESTError(
                .preconditionFailed,
                "If-Match can't be kept by \(exchange.route): it is for PATCH, PUT and DELETE of one record by its key."
            )
        }
        let none = fields[values: .ifNoneMatch]
        // With GET, which some methods of a program's own have, it is a cache that asks.
        let isCaching = [.get, .head].contains(exchange.request.method)
        if !none.isEmpty, !isCaching, !(EntityTags(none).isAny && exchange.route.operation.onlyMakes) {
            throw RESTError(
                .preconditionFailed,
                "If-None-Match can't be kept by \(exchange.route): of what changes something, only what makes a new record takes it, as \"*\"."
            )
        }
    }

    /// The data, with the number that they are for.
    func applied(to data: JSONValue) throws -> JSONValue {
        if let given = data[property.name], given != .number(version), given != .string(version) { throw failure }
        var members = (data.members ?? []).filter { $0.key != property.name }
        members.append(.init(property.name, .number(version)))
        return .object(members)
    }

    /// The record, if it is still the same.
    ///
    /// - Throws: ``PlannerError`` `INVALID_VALUE` for a key with anything but values: what a condition takes for an operator is none.
    func condition(_ id: JSONValue) throws -> JSONValue {
        var members = [JSONValue.Member(property.name, .number(version))]
        for part in model.primaryKey {
            let name = try model.property(part).name
            let value = model.primaryKey.count == 1 ? id : id[name] ?? .null
            guard value.isKey else {
                throw PlannerError(
                    .invalidValue, "\(id.description) is no key of a \(model.name).", path: "id", model: model.name,
                    property: name)
            }
            members.append(.init(name, value))
        }
        return .object(members)
    }

    /// The error of a record that is another one by now.
    var failure: RESTError {
        RESTError(
            .preconditionFailed,
            "The record has been changed since it had the tag \"\(version)\"; read it again, and change what it is now."
        )
    }
}

extension RouteOperation {
    /// Whether it looks at the version of the record that it changes.
    fileprivate var keepsVersions: Bool {
        switch self {
        case .records(.patchAttributes), .records(.replaceById), .records(.deleteById), .records(.updateGraph): true
        default: false
        }
    }

    /// Whether it makes a record that can't be there yet.
    fileprivate var onlyMakes: Bool {
        switch self {
        case .records(.create), .records(.createGraph), .scope(_, .create), .relation(_, .create),
            .nested(_, _, .create):
            true
        default: false
        }
    }
}

extension JSONValue {
    /// Whether it can be the value of a key's property.
    fileprivate var isKey: Bool {
        switch self {
        case .string, .number, .bool: true
        default: false
        }
    }
}
