// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// What a LoopBack project's `config.json`, `middleware.json` and `component-config.json` say, and what of it `kinship serve` does.
struct ImportedSettings {
    struct Line {
        var file: String
        /// What is set; never its value, but where a value becomes an option.
        var setting: String
        var note: String
        /// Whether somebody has to do something about it.
        var isLeft: Bool
    }

    private(set) var lines: [Line] = []
    /// The options of `kinship serve` that say the same.
    private(set) var options: [String] = []
    /// Scripts that the settings name, from the server's folder on.
    private(set) var scripts: [String] = []

    private mutating func add(_ file: String, _ setting: String, _ note: String, isLeft: Bool = false) {
        lines.append(Line(file: file, setting: setting, note: note, isLeft: isLeft))
    }

    // MARK: config.json

    mutating func readConfiguration(_ json: JSONValue, _ file: String) {
        for member in json.members ?? [] {
            let value = member.value
            switch member.key {
            case "restApiRoot":
                if let path = value.text, path.wholeMatch(of: #/\/[A-Za-z0-9\/_.~-]*/#) != nil {
                    option("--base-path", path, file, member.key)
                } else {
                    add(file, member.key, "give the path of all routes as `--base-path`", isLeft: true)
                }
            case "host":
                if let host = value.text, host.wholeMatch(of: #/[A-Za-z0-9.:-]+/#) != nil {
                    option("--host", host, file, member.key)
                } else {
                    add(file, member.key, "give the address to listen at as `--host`", isLeft: true)
                }
            case "port":
                if let port = Self.number(value), (0...65_535).contains(port) {
                    option("--port", "\(port)", file, member.key)
                } else {
                    add(file, member.key, "give the port as `--port`", isLeft: true)
                }
            case "remoting": readRemoting(value, file)
            case "legacyExplorer", "url", "httpMode", "aclErrorStatus": readOther(member, file)
            default: add(file, member.key, "a setting of the project's own, for its code to read", isLeft: true)
            }
        }
    }

    private mutating func readOther(_ member: JSONValue.Member, _ file: String) {
        guard member.key == "aclErrorStatus", let status = Self.number(member.value) else {
            return add(file, member.key, "has no effect here")
        }
        if [401, 403, 404].contains(status) {
            option("--refusal-status", "\(status)", file, member.key)
        } else {
            add(file, member.key, "is 401, 403 or 404 here (`--refusal-status`)", isLeft: true)
        }
    }

    private mutating func readRemoting(_ json: JSONValue, _ file: String) {
        for member in json.members ?? [] {
            let name = "remoting.\(member.key)"
            switch member.key {
            case "json":
                if let limit = member.value["limit"] { readLimit(limit, file, name + ".limit") }
            case "urlencoded":
                // One limit holds for both kinds of body: the one of JSON, where that is given.
                if let limit = member.value["limit"], json["json"]?["limit"] == nil {
                    readLimit(limit, file, name + ".limit")
                }
            case "context":
                if member.value != .bool(false) {
                    add(file, name, "code that reads the context gets what it needs from hooks", isLeft: true)
                }
            case "rest": readREST(member.value, file)
            case "cors":
                if member.value != .bool(false) { addCORS(file, name) }
            case "errorHandler", "handleErrors":
                add(file, name, "errors are answered as LoopBack answers them (K7)")
            default: add(file, name, "isn't known here", isLeft: true)
            }
        }
    }

    private mutating func readREST(_ json: JSONValue, _ file: String) {
        for member in json.members ?? [] {
            let name = "remoting.rest.\(member.key)"
            switch member.key {
            case "xml" where member.value == .bool(true): add(file, name, "answers are JSON alone", isLeft: true)
            case "normalizeHttpPath" where member.value == .bool(true):
                add(file, name, "give the models their paths with `http.path`, such as `/order-items`", isLeft: true)
            case "supportedTypes": add(file, name, "answers are JSON alone", isLeft: true)
            default: add(file, name, "errors and paths are LoopBack's (K7)")
            }
        }
    }

    private mutating func readLimit(_ value: JSONValue, _ file: String, _ name: String) {
        guard let bytes = Self.bytes(value) else {
            return add(file, name, "give it in bytes as `--maximum-body`", isLeft: true)
        }
        option("--maximum-body", "\(bytes)", file, name)
    }

    private mutating func option(_ option: String, _ value: String, _ file: String, _ setting: String) {
        options.append("\(option) \(value)")
        add(file, setting, "`\(option) \(value)`")
    }

    private mutating func addCORS(_ file: String, _ name: String) {
        add(file, name, "name the origins of your pages with `--cors`; nobody else's may ask without it", isLeft: true)
    }

    /// `100kb` and `1mb`, as Node's body parser reads them.
    static func bytes(_ value: JSONValue) -> Int? {
        if let whole = number(value) { return whole > 0 ? whole : nil }
        guard let match = value.text?.lowercased().wholeMatch(of: #/(\d{1,9}(?:\.\d{1,3})?) ?(b|kb|mb|gb)/#),
            let amount = Double(match.output.1),
            let factor = ["b": 1.0, "kb": 1024, "mb": 1_048_576, "gb": 1_073_741_824][String(match.output.2)],
            amount * factor >= 1, amount * factor < 1e12
        else { return nil }
        return Int(amount * factor)
    }

    private static func number(_ value: JSONValue) -> Int? {
        switch value {
        case .number(let text): Int(text)
        case .string(let text): Int(text)
        default: nil
        }
    }

    // MARK: middleware.json

    mutating func readMiddleware(_ json: JSONValue, _ file: String) {
        for phase in json.members ?? [] {
            for entry in phase.value.members ?? [] {
                let isOff = entry.value["enabled"] == .bool(false)
                if !isOff { readMiddleware(entry.key, phase: phase.key, file) }
            }
        }
    }

    private mutating func readMiddleware(_ name: String, phase: String, _ file: String) {
        let setting = "\(phase): \(name)"
        let plain = name.hasPrefix("loopback#") ? String(name.dropFirst("loopback#".count)) : name
        switch plain {
        case "favicon": add(file, setting, "isn't needed")
        case "compression", "compress": add(file, setting, "answers are compressed")
        case "cors": addCORS(file, setting)
        case "rest": add(file, setting, "the routes are LoopBack's (K7)")
        case "urlNotFound", "url-not-found", "errorHandler", "error-handler", "strong-error-handler":
            add(file, setting, "errors are answered as LoopBack answers them (K7)")
        case "token": add(file, setting, "tokens are read from the same places (Documentation/AccessRules.md)")
        case "status": add(file, setting, "`GET /health` says that the process runs")
        case "static", "serve-static":
            add(file, setting, "files are for a web server, or the proxy in front", isLeft: true)
        case _ where plain.hasPrefix("helmet"):
            add(file, setting, "headers for browsers are for the proxy in front", isLeft: true)
        default:
            if plain.hasPrefix(".") { scripts.append(plain) }
            add(file, setting, "code that has to be written in Swift, or left out", isLeft: true)
        }
    }

    // MARK: component-config.json

    mutating func readComponents(_ json: JSONValue, _ file: String) {
        for component in json.members ?? [] where component.value != .null && component.value != .bool(false) {
            switch component.key {
            case "loopback-component-explorer":
                let isElsewhere = component.value["mountPath"].map { $0 != "/explorer" } ?? false
                add(
                    file, component.key,
                    isElsewhere
                        ? "`kinship serve` has it at `/explorer`; another path is `options.explorerPath` in Swift"
                        : "`kinship serve` has it at `/explorer` (Documentation/Explorer.md)", isLeft: isElsewhere)
            default:
                if component.key.hasPrefix(".") { scripts.append(component.key) }
                add(file, component.key, "has to be written in Swift, or left out", isLeft: true)
            }
        }
    }
}
