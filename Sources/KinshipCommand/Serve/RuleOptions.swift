// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import Kinship
import KinshipBcrypt
import KinshipREST

/// The options of access rules.
struct RuleOptions: ParsableArguments {
    /// What stands for a target's permission.
    enum Relations: String, CaseIterable {
        case target, source
    }

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A model-config.json, whose rules, relations and options are added to the models; those it doesn't list stay as they are.",
            valueName: "file"), completion: .file(extensions: ["json"]))
    var config: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The model of users. Default: User, or the model that is made of it.", valueName: "model"))
    var userModel: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The status of what rules refuse to somebody who is known: 401, 403 or 404.", valueName: "status"))
    var refusalStatus = 401

    @Option(
        name: .long,
        help: ArgumentHelp(
            "target: what a relation leads to has to be allowed by its own rules. source: a rule that names the relation's method stands for them. Default: target.",
            valueName: "side"), completion: .list(Choice.words(of: Relations.self)), transform: Choice.value)
    var relationRules: Relations?

    @Flag(name: .long, help: "Print who may call what, and end.")
    var who = false

    func validate() throws {
        guard [401, 403, 404].contains(refusalStatus) else {
            throw ValidationError("--refusal-status is 401, 403 or 404.")
        }
    }

    /// The models with what the configuration adds, and those that rules are kept by.
    func applied(to schema: Schema) throws -> Schema {
        guard let config else { return try schema.addingAccessModels() }
        guard let bytes = FileManager.default.contents(atPath: config) else {
            throw Failure(.noInput, "There is no file \"\(config)\".", remedy: "name a model-config.json with --config")
        }
        return try schema.configured(by: try ModelConfiguration(json: Array(bytes), file: config)).addingAccessModels()
    }

    /// Keeps passwords.
    var passwords: (any PasswordHasher)? {
        #if os(Linux)
        BcryptHasher()
        #else
        nil
        #endif
    }

    /// How rules are kept.
    var control: AccessControl {
        var control = AccessControl(userModel: userModel)
        control.errorStatus = refusalStatus
        control.relationRules = relationRules == .source ? .source : .target
        control.cookieSecret = ProcessInfo.processInfo.environment["KINSHIP_COOKIE_SECRET"]
        return control
    }
}
