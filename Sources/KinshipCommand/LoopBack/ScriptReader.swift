// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Recognises what a script of a LoopBack project does. Names alone are kept: what else it says can be a secret.
struct ScriptReader {
    private let tokens: [ScriptToken]
    /// What the function that the file exports calls its first parameter: the model, in a model's script.
    private let subject: String?
    private(set) var findings: [ScriptFinding] = []
    /// What is told once, however often it is there.
    private var told: Set<ScriptFinding> = []

    /// What is recognised, in the order of its lines.
    ///
    /// - Parameter isOfModel: whether what the file exports is given a model, or a mixin's.
    static func findings(in tokens: [ScriptToken], isOfModel: Bool) -> [ScriptFinding] {
        var reader = ScriptReader(tokens, isOfModel: isOfModel)
        for position in tokens.indices { reader.look(position) }
        return reader.findings
    }

    /// Whether there is more than what LoopBack's generator leaves in a model's script.
    static func holdsCode(_ tokens: [ScriptToken]) -> Bool {
        var rest = tokens[...]
        if rest.first?.value == "use strict" { rest = rest.dropFirst() }
        if rest.first?.value == ";" { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return false }
        guard let (_, body) = exported(Array(rest)) else { return true }
        let inside = Array(rest)[body...].filter { $0.value != ";" }
        return inside.map(\.value) != ["{", "}"]
    }

    private init(_ tokens: [ScriptToken], isOfModel: Bool) {
        self.tokens = tokens
        subject = isOfModel ? Self.exported(tokens)?.parameter : nil
    }

    /// `module.exports = function(Model` or `module.exports = (Model) =>`: the parameter, and where the body begins.
    private static func exported(_ tokens: [ScriptToken]) -> (parameter: String?, body: Int)? {
        var position = 0
        while position + 4 < tokens.count {
            defer { position += 1 }
            guard tokens[position].value == "module", tokens[position + 1].value == ".",
                tokens[position + 2].value == "exports", tokens[position + 3].value == "="
            else { continue }
            var parameter: String?
            for index in position + 4..<tokens.count {
                let token = tokens[index]
                if token.value == "{" { return (parameter, index) }
                guard token.kind == .name || ["(", ")", ",", "=>"].contains(token.value) else { return nil }
                if parameter == nil, token.kind == .name, !["function", "async"].contains(token.value),
                    ["(", "async", "="].contains(tokens[index - 1].value)
                {
                    parameter = token.value
                }
            }
        }
        return nil
    }

    // MARK: Looking

    private mutating func look(_ position: Int) {
        let token = tokens[position]
        guard token.kind == .name else { return }
        let isMember = value(position - 1) == "."
        if value(position + 1) == "(" {
            if isMember { lookAtCall(token.value, position) }
            lookAtFunction(token.value, isMember: isMember, position)
        } else if isMember {
            lookAtMember(token.value, position)
        }
    }

    private mutating func lookAtCall(_ name: String, _ position: Int) {
        let owner = value(position - 2)
        let isApp = ["app", "server", "router", "express", "restApiRouter"].contains(owner)
        switch name {
        case "remoteMethod": add(.remoteMethod, argument(position), position)
        case "disableRemoteMethod", "disableRemoteMethodByName": add(.closedMethod, argument(position), position)
        case "observe": add(.observer, argument(position), position)
        case "beforeRemote", "afterRemote", "afterRemoteError":
            add(.remoteHook, argument(position).map { "\(name) \($0)" } ?? name, position)
        case "validate", "validateAsync",
            _ where name.hasPrefix("validates") && name.hasSuffix("Of"):
            add(.validation, argument(position).map { "\(name) \($0)" } ?? name, position)
        case "hasMany", "hasOne", "belongsTo", "hasAndBelongsToMany", "referencesMany", "embedsMany", "embedsOne":
            add(.relation, argument(position).map { "\(name) \($0)" } ?? name, position)
        case "scope" where argument(position) != nil: add(.scope, argument(position), position)
        case "defineProperty" where argument(position) != nil: add(.property, argument(position), position)
        case "createModel": add(.model, argument(position), position)
        case "registerResolver": add(.role, argument(position), position)
        case "automigrate", "autoupdate", "discoverSchemas", "discoverAndBuildModels": add(.tables, name, position)
        case "execute" where owner == "connector" || owner == "dataSource" || owner == "ds",
            "query" where owner == "connector":
            add(.sql, name, position)
        case "enableAuth": add(.authentication, nil, position)
        case "createChangeStream": add(.changeStream, nil, position)
        case "scheduleJob": add(.timer, name, position)
        case "use" where isApp:
            add(.middleware, argument(position).flatMap { $0.hasPrefix("/") ? $0 : nil }, position)
        case "get", "post", "put", "patch", "delete", "head", "all", "options":
            guard isApp, let path = argument(position), path.hasPrefix("/") else { return }
            add(.route, "\(name.uppercased()) \(path)", position)
        case "on", "once":
            if let event = argument(position), isApp || owner == subject { add(.event, event, position) }
        default: break
        }
    }

    private mutating func lookAtFunction(_ name: String, isMember: Bool, _ position: Int) {
        switch name {
        case "setInterval", "CronJob": if !isMember || name == "CronJob" { add(.timer, name, position) }
        case "require" where !isMember:
            guard let package = argument(position), !package.hasPrefix("."), !package.hasPrefix("/"),
                !Self.ownPackages.contains(package)
            else { return }
            add(.library, package, position)
        default: break
        }
    }

    /// `Model.name = function`, `Model.prototype.name = function`, `process.env.NAME`.
    private mutating func lookAtMember(_ name: String, _ position: Int) {
        if value(position - 2) == "env", value(position - 4) == "process" {
            return add(.variable, name, position)
        }
        guard let subject, value(position + 1) == "=", isFunction(position + 2) else { return }
        if value(position - 2) == subject {
            add(.modelMethod, name, position)
        } else if value(position - 2) == "prototype", value(position - 4) == subject {
            add(.recordMethod, name, position)
        }
    }

    private func isFunction(_ position: Int) -> Bool {
        switch value(position) {
        case "function", "async", "(": true
        default: value(position + 1) == "=>"
        }
    }

    private func value(_ position: Int) -> String {
        tokens.indices.contains(position) ? tokens[position].value : ""
    }

    /// The text that a call's first argument is; nil for anything else.
    private func argument(_ position: Int) -> String? {
        guard tokens.indices.contains(position + 2), tokens[position + 2].kind == .text else { return nil }
        return [",", ")"].contains(value(position + 3)) ? tokens[position + 2].value : nil
    }

    private mutating func add(_ kind: ScriptFinding.Kind, _ name: String?, _ position: Int) {
        let isPlain = name.map { $0.utf8.count <= 80 && $0.unicodeScalars.allSatisfy(Self.isPlain) } ?? true
        let finding = ScriptFinding(kind: kind, name: isPlain ? name : nil, line: tokens[position].line)
        let isToldOnce = [.library, .variable, .tables].contains(kind)
        if isToldOnce, !told.insert(ScriptFinding(kind: kind, name: finding.name, line: 0)).inserted { return }
        findings.append(finding)
    }

    /// What names, paths and packages are made of.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789_-$.:/*@# ".unicodeScalars.contains(scalar))
    }

    /// What every project needs, and what is Node's own.
    private static let ownPackages: Set<String> = [
        "loopback", "loopback-boot", "assert", "async_hooks", "buffer", "child_process", "crypto", "debug", "events",
        "fs", "http", "https", "net", "os", "path", "querystring", "stream", "url", "util", "zlib",
    ]
}
