// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Which of a model's methods REST offers: LoopBack's setting `remoting.sharedMethods`.
///
/// `{"*": false, "find": true}` offers one method; names with and without `prototype.` are the same.
struct SharedMethods {
    private let all: Bool
    private let named: [String: Bool]

    init(_ model: Model) {
        let remoting = model.definition.settings.last { $0.key == "remoting" }?.value
        var named: [String: Bool] = [:]
        for member in remoting?["sharedMethods"]?.members ?? [] {
            if case .bool(let isOffered) = member.value { named[Self.plain(member.key)] = isOffered }
        }
        all = named["*"] ?? true
        self.named = named
    }

    /// Whether a route is offered.
    func offers(_ route: Route) -> Bool {
        guard !named.isEmpty else { return true }
        let names = [route.methodName] + route.aliases
        return names.lazy.compactMap { named[Self.plain($0)] }.first ?? all
    }

    private static func plain(_ name: String) -> String {
        name.hasPrefix("prototype.") ? String(name.dropFirst("prototype.".count)) : name
    }
}
