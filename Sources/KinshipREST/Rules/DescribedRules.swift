// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship

/// The rules that a description of a service tells of: who can get through to which route.
///
/// ```swift
/// let rules = DescribedRules.rules(of: database.schema, AccessControl(userModel: "Account"))
/// let json = OpenAPIDocument(database.schema, RouteTable(database.schema), rules: rules).json
/// ```
///
/// Rows of the table of rules, and what a policy of the program's own refuses, come on top of it.
public struct DescribedRules: Sendable {
    private enum Policy: Sendable {
        case untold, open, readOnly, closed
    }

    private let policy: Policy
    private let keeper: RuleKeeper?

    private init(_ policy: Policy, _ keeper: RuleKeeper? = nil) { (self.policy, self.keeper) = (policy, keeper) }

    /// Nothing is known of who may do what.
    public static let untold = DescribedRules(.untold)
    /// Everybody may do everything: ``OpenPolicy``.
    public static let open = DescribedRules(.open)
    /// Everybody may read, nobody may write: ``ReadOnlyPolicy``.
    public static let readOnly = DescribedRules(.readOnly)
    /// Nobody may do anything: ``ClosedPolicy``.
    public static let closed = DescribedRules(.closed)

    /// What the access rules of a schema's models say; nobody may do anything where they can't be read.
    public static func rules(of schema: Schema, _ control: AccessControl = AccessControl()) -> DescribedRules {
        let keeper = RuleKeeper(schema, control)
        return keeper.problems.isEmpty ? DescribedRules(.open, keeper) : .closed
    }

    /// Those of a service.
    init(_ policy: any RESTPolicy, _ keeper: RuleKeeper?) {
        let known: Policy =
            switch policy {
            case is OpenPolicy: .open
            case is ReadOnlyPolicy: .readOnly
            case is ClosedPolicy: .closed
            default: .untold
            }
        self.init(known, keeper)
    }

    /// Who can get through to a route; nil where that isn't known.
    func reach(of route: Route, _ model: Model) -> RouteReach? {
        if policy == .closed || (policy == .readOnly && route.accessType != .read) { return .nobody }
        if let keeper { return ReachFinder(keeper: keeper).reach(of: route, model) }
        return policy == .untold ? nil : .everyone
    }

    /// What a route takes for a proof of who asks, as OpenAPI has it.
    func security(_ reach: RouteReach?) -> JSONValue {
        let proofs = schemes.map { JSONValue.object([.init($0.key, [])]) }
        return switch reach {
        case .everyone: .array(keeper == nil ? [] : [.object([])] + proofs)
        case nil: .array([.object([])] + proofs)
        // What is closed isn't to look open to a generator of clients.
        case .token, .rights, .nobody: .array(proofs)
        }
    }

    /// The statuses of what is refused, of a route of a model.
    func refusals(_ reach: RouteReach?, _ model: Model) -> [String] {
        // Even where everybody may come in there are properties, and tokens that are no good.
        guard reach != .everyone || keeper != nil else { return [] }
        let setting = model.definition.settings.last { $0.key == "aclErrorStatus" }?.value.word.flatMap { Int($0) }
        let isForbidden = keeper.map { (setting ?? $0.control.errorStatus) == 403 } ?? (policy == .untold)
        return isForbidden ? ["401", "403"] : ["401"]
    }

    /// The proofs of who asks that there are.
    var schemes: [JSONValue.Member] {
        let isOfBearers = keeper?.challenge?.hasPrefix("Bearer") == true
        let bearer: [JSONValue.Member] = isOfBearers ? [.init("bearer", ["type": "http", "scheme": "bearer"])] : []
        if isOfBearers, keeper?.schema.model("AccessToken") == nil { return bearer }
        return [
            .init("token", ["type": "apiKey", "in": "header", "name": "Authorization"]),
            .init("query", ["type": "apiKey", "in": "query", "name": "access_token"]),
        ] + bearer
    }
}
