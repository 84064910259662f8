// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship

extension RESTService {
    /// What is wrong with the access rules of a schema's models; empty for nothing.
    public static func accessProblems(_ schema: Schema, _ control: AccessControl) -> [String] {
        RuleKeeper(schema, control).problems
    }

    /// Who may call what, by model; of a service with a policy of the program's own, empty.
    public var accessListing: [AccessListing] {
        guard let keeper, ruleProblems.isEmpty else { return [] }
        var byModel: [String: [Route]] = [:]
        for route in routes.routes { byModel[route.model, default: []].append(route) }
        return keeper.schema.models.flatMap { model in
            AccessLister(keeper: keeper, model: model, routes: byModel[model.name] ?? []).entries
        }
    }
}
