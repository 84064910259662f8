// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Puts in the place of passwords what is kept of them, in the data of users.
struct Passwords: Sendable {
    let ownership: Ownership
    let schema: Schema
    let hasher: (any PasswordHasher)?
    private static let mostUsers = 10
    /// Whether there are users at all.
    var areThere: Bool { ownership.people != nil }

    /// The data with its passwords hashed, wherever in a graph they stand.
    ///
    /// - Throws: ``RESTError`` `INVALID_PASSWORD`; ``PlannerError`` `UNSUPPORTED` where nothing can hash one.
    func kept(_ json: JSONValue, of model: Model) async throws -> JSONValue {
        guard holds(model) else { return json }
        if let elements = json.elements {
            guard elements.count <= Self.mostUsers || !ownership.isUser(model) else {
                throw RESTError(
                    .bodyTooLarge, "No more than \(Self.mostUsers) users are made at once, for hashing takes its time.")
            }
            var kept: [JSONValue] = []
            for element in elements { kept.append(try await self.kept(element, of: model)) }
            return .array(kept)
        }
        guard var members = json.members else { return json }
        // Whose address is right nobody says of themselves.
        if ownership.isUser(model) {
            members.removeAll { ["emailVerified", "verificationToken"].contains($0.key) }
        }
        for index in members.indices {
            let member = members[index]
            if member.key.hasPrefix("$"), ownership.isUser(model),
                member.value.members?.contains(where: Self.isPassword) == true
            {
                throw RESTError(.invalidPassword, "A password is set as a whole, not by \(member.key).")
            }
            if model.property(member.key) != nil {
                guard member.key == "password", ownership.isUser(model), member.value != .null else { continue }
                members[index].value = .string(try await hash(member.value))
            } else if let target = model.relation(member.key)?.target {
                members[index].value = try await kept(member.value, of: schema[target])
            } else {
                // A word of a graph, or the name of a model.
                members[index].value = try await kept(member.value, of: schema.model(member.key) ?? model)
            }
        }
        return .object(members)
    }

    /// Whether data of a model can hold those of users.
    private func holds(_ model: Model) -> Bool {
        ownership.isUser(model) || schema.models.contains(where: ownership.isUser)
    }

    private static func isPassword(_ member: JSONValue.Member) -> Bool {
        member.key == "password" || member.key.hasPrefix("password.")
    }

    private func hash(_ value: JSONValue) async throws -> String {
        guard case .string(let password) = value else {
            throw RESTError(.invalidPassword, "The password is \(value.kindName); it has to be text.")
        }
        guard let hasher else {
            throw PlannerError(
                .unsupported, "Passwords can't be set here, for nothing is set up to keep them safe.",
                property: "password")
        }
        return try await hasher.hash(password)
    }
}
