// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension DataReader {
    /// The data of a record with the values of properties that it hasn't given: what would be filled in when it is read.
    package func filled(_ json: JSONValue) -> JSONValue {
        guard purpose != .update, var members = json.members else { return json }
        for property in model.properties
        where json[property.name] == nil && !isMade(property) && !isKept(property) {
            guard !given.contains(property.id), let value = values.value(of: property, in: model) else { continue }
            members.append(.init(property.name, value))
        }
        return .object(members)
    }

    /// The problems of one embedded record.
    ///
    /// - Parameter place: its place in the data.
    package mutating func problems(ofEmbedded json: JSONValue, at place: String) -> [ValidationError.Problem] {
        let first = problems.count
        _ = item(json, at: place)
        return Array(problems[first...])
    }

    /// The problems of one record.
    ///
    /// - Parameter place: its place in the data.
    package mutating func problems(of json: JSONValue, at place: String = "") -> [ValidationError.Problem] {
        let first = problems.count
        _ = record(json, at: place)
        return Array(problems[first...])
    }
}
