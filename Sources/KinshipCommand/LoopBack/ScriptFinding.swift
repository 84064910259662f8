// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Something of LoopBack's that a script does.
struct ScriptFinding: Hashable {
    /// What it is; the raw value is what the report calls it.
    enum Kind: String, CaseIterable {
        case remoteMethod = "remote method"
        case closedMethod = "method taken away"
        case observer = "operation hook"
        case remoteHook = "remote hook"
        case validation
        case recordMethod = "method of records"
        case modelMethod = "method of the model"
        case relation = "relation"
        case scope = "named scope"
        case property
        case model = "model made in code"
        case role = "role resolver"
        case tables = "change of tables"
        case sql = "SQL"
        case authentication = "access rules switched on"
        case route
        case middleware
        case timer
        case changeStream = "change stream"
        case event
        case library = "package"
        case variable = "environment variable"

        /// What stands for it here.
        var remedy: String {
            switch self {
            case .remoteMethod, .recordMethod, .modelMethod: "a method in Swift (Documentation/Methods.md)"
            case .closedMethod: "a rule in `acls` that denies it (Documentation/AccessRules.md)"
            case .observer: "`Hooks` (Documentation/Hooks.md)"
            case .remoteHook: "`Hooks`, or code around the service (Documentation/Hooks.md, Documentation/REST.md)"
            case .validation: "`hooks.validate` (Documentation/Hooks.md)"
            case .relation, .scope, .property: "the model's file, or its definition in Swift (Documentation/Models.md)"
            case .model: "a model file, or a `ModelDefinition` (Documentation/Models.md)"
            case .role: "a role of `AccessControl` (Documentation/AccessRules.md)"
            case .tables: "`kinship migrate` (Documentation/Migrations.md)"
            case .sql: "a filter, or SQL over a connection (Documentation/Connections.md)"
            case .authentication: "nothing: `kinship serve` keeps the rules of the models"
            case .route: "a route of the server that the program runs (Documentation/REST.md)"
            case .middleware: "middleware of that server, or the proxy in front of it"
            case .timer: "a task of the program, or the system's timers"
            case .changeStream: "nothing yet: there are no change streams"
            case .event: "code where the program starts"
            case .library: "a package of Swift's, where what it does is needed"
            case .variable: "the environment, as before"
            }
        }
    }

    var kind: Kind
    /// Its name; nil where it is computed.
    var name: String?
    /// The line, from 1.
    var line: Int
}
