// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension RelationDefinition {
    /// The relation as a model file has it.
    var json: JSONValue {
        var writer = MemberWriter()
        writer.add("type", kind.written)
        writer.add("model", model)
        writer.add("foreignKey", foreignKey)
        writer.add("primaryKey", primaryKey)
        if let through {
            if throughScope == nil, throughProperties.isEmpty {
                writer.add("through", through)
            } else {
                var inner = MemberWriter()
                inner.add("model", through)
                inner.add("scope", throughScope)
                inner.add("properties", members: throughProperties.map { .init($0.from, .string($0.to)) })
                writer.add("through", .object(inner.members))
            }
        }
        writer.add("throughTable", throughTable)
        writer.add("keyThrough", keyThrough)
        writer.add("polymorphic", polymorphic?.json)
        if invert { writer.add("invert", true) }
        writer.add("idName", idName)
        writer.add("property", property)
        writer.add("scope", scope)
        writer.add("properties", members: properties.map { .init($0.from, .string($0.to)) })
        writer.add("default", defaultValue)
        var inner = MemberWriter()
        if invertProperties { inner.add("invertProperties", true) }
        if embedsProperties { inner.add("embedsProperties", true) }
        if includeDisabled { inner.add("disableInclude", true) }
        if nestRemoting { inner.add("nestRemoting", true) }
        if let httpPath { inner.add("http", ["path": .string(httpPath)]) }
        inner.add("belongsTo", embeddedBelongsTo)
        inner.add("property", propertyDefinition?.json)
        inner.members += options
        writer.add("options", members: inner.members)
        return .object(writer.members)
    }
}

extension RelationDefinition.Polymorphic {
    /// How it is written in a model file.
    fileprivate var json: JSONValue {
        switch self {
        case .automatic: return true
        case .selector(let name, nil): return .string(name)
        case .selector(let name, let type?): return ["selector": .string(name), "idType": .string(type)]
        case .keys(let key, let discriminator, let type):
            var writer = MemberWriter()
            writer.add("foreignKey", key)
            writer.add("discriminator", discriminator)
            writer.add("idType", type)
            return .object(writer.members)
        }
    }
}

/// Members of an object, those that have something to say.
struct MemberWriter {
    var members: [JSONValue.Member] = []

    mutating func add(_ key: String, _ value: JSONValue?) {
        if let value { members.append(.init(key, value)) }
    }

    mutating func add(_ key: String, _ text: String?) {
        if let text { members.append(.init(key, .string(text))) }
    }

    mutating func add(_ key: String, _ flag: Bool?) {
        if let flag { members.append(.init(key, .bool(flag))) }
    }

    /// Names; one of them as a text.
    mutating func add(_ key: String, _ names: [String]) {
        if !names.isEmpty {
            members.append(.init(key, names.count == 1 ? .string(names[0]) : .array(names.map { .string($0) })))
        }
    }

    mutating func add(_ key: String, members own: [JSONValue.Member]) {
        if !own.isEmpty { members.append(.init(key, .object(own))) }
    }

    mutating func add(_ key: String, object own: [(String, JSONValue?)]) {
        add(key, members: own.compactMap { name, value in value.map { .init(name, $0) } })
    }
}
