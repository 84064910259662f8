// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship

/// A relation as flags say it.
struct RelationFlags: ParsableArguments {
    /// What the relation back of a belongsTo can be.
    enum InverseType: String, CaseIterable {
        case hasMany, hasOne
    }

    @Option(
        name: .long, help: ArgumentHelp("The model that gets the relation.", valueName: "model"),
        completion: .custom { words, _, _ in ModelCompletion.names(words) })
    var from: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "belongsTo, hasMany, hasOne, hasManyThrough, hasAndBelongsToMany, referencesMany, embedsOne or embedsMany.",
            valueName: "type"),
        completion: .list(Choice.words(of: RelationKind.self)), transform: Choice.value)
    var type: RelationKind?

    @Option(
        name: .long, help: ArgumentHelp("The model it leads to.", valueName: "model"),
        completion: .custom { words, _, _ in ModelCompletion.names(words) })
    var to: String?

    @Option(
        name: .long,
        help: ArgumentHelp("What it is called. Default: after the target, in the plural where it leads to several."))
    var name: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The property of the key, several with commas between them. Default: that of the relation back or of the database's foreign key, else LoopBack's, such as customerId.",
            valueName: "names"))
    var foreignKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The key's column, where that isn't the key in lower case: it becomes a property with that column."))
    var column: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The property that the key refers to. Default: the id.", valueName: "names"))
    var primaryKey: String?

    @Option(
        name: .long, help: ArgumentHelp("The model of the links.", valueName: "model"),
        completion: .custom { words, _, _ in ModelCompletion.names(words) })
    var through: String?

    @Option(
        name: .long, help: ArgumentHelp("The links' key to the target.", valueName: "names"))
    var keyThrough: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Makes it polymorphic: the word that key and discriminator are called after; \"noteable\" for noteableId and noteableType.",
            valueName: "word"))
    var polymorphic: String?

    @Flag(name: .long, help: "Makes it the reverse side of a polymorphic relation through links.")
    var invert = false

    @Option(name: .long, help: ArgumentHelp("Where embedded records are kept.", valueName: "name"))
    var property: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A filter for the targets, such as '{\"where\": {\"open\": true}}'.", valueName: "json"))
    var scope: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What is copied to records that are made through it, such as '{\"id\": \"ownerId\"}'.", valueName: "json"))
    var properties: String?

    @Flag(name: .long, help: "Let HTTP requests go on through it (options.nestRemoting).")
    var nestRemoting = false

    @Flag(name: .long, help: "Refuse to include it (options.disableInclude).")
    var disableInclude = false

    @Option(
        name: .long, help: ArgumentHelp("Adds the relation back to the target, under this name.", valueName: "name"))
    var inverse: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What the relation back of a belongsTo is: hasMany or hasOne. Default: hasMany.", valueName: "type"),
        completion: .list(Choice.words(of: InverseType.self)), transform: Choice.value)
    var inverseType: InverseType?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Removes the relation of this name from the model of --from, and with --inverse the relation back.",
            valueName: "name"))
    var remove: String?

    /// The flags that say what a relation is to be.
    var describing: [(flag: String, isGiven: Bool)] {
        [
            ("--type", type != nil), ("--to", to != nil), ("--name", name != nil), ("--foreign-key", foreignKey != nil),
            ("--column", column != nil), ("--primary-key", primaryKey != nil), ("--through", through != nil),
            ("--key-through", keyThrough != nil), ("--polymorphic", polymorphic != nil), ("--invert", invert),
            ("--property", property != nil), ("--scope", scope != nil), ("--properties", properties != nil),
            ("--nest-remoting", nestRemoting), ("--disable-include", disableInclude),
            ("--inverse-type", inverseType != nil),
        ]
    }

    /// Whether all that every relation of the kind needs was said.
    var isComplete: Bool {
        guard from != nil, let type else { return false }
        let needsLink = type == .hasManyThrough || (type == .hasAndBelongsToMany && polymorphic != nil)
        return (to != nil || (type == .belongsTo && polymorphic != nil)) && (!needsLink || through != nil)
    }

    /// What was said; what has to be and wasn't is an error.
    func answers() throws(GeneratorError) -> RelationAnswers {
        guard let from else {
            throw GeneratorError(
                .missingFlag, "--from", "It isn't said which model gets the relation.", remedy: "give --from MODEL")
        }
        guard let type else {
            throw GeneratorError(
                .missingFlag, "--type", "It isn't said which kind of relation it is.",
                remedy: "give --type \(Choice.words(of: RelationKind.self).joined(separator: "|"))")
        }
        var answers = try given()
        answers.source = from
        answers.kind = type
        return answers
    }

    /// What was said, without what every relation needs.
    func given() throws(GeneratorError) -> RelationAnswers {
        if polymorphic == "" {
            throw GeneratorError(
                .invalidFlag, "--polymorphic", "The word is empty.",
                remedy: "give one such as \"owner\", for ownerId and ownerType")
        }
        var answers = RelationAnswers()
        answers.target = to
        answers.name = name
        answers.foreignKey = try Self.names(foreignKey, "--foreign-key")
        answers.column = column
        answers.primaryKey = try Self.names(primaryKey, "--primary-key")
        answers.through = through
        answers.keyThrough = try Self.names(keyThrough, "--key-through")
        answers.polymorphic = polymorphic
        answers.inverts = invert
        answers.property = property
        answers.scope = try Self.object(scope, "--scope")
        answers.properties = try Self.object(properties, "--properties")
        answers.nestsRemoting = nestRemoting
        answers.disablesInclude = disableInclude
        answers.inverse = inverse
        if inverseType != nil, inverse == nil || (type ?? .belongsTo) != .belongsTo {
            throw GeneratorError(
                .invalidFlag, "--inverse-type", "It says what the relation back of a belongsTo is.",
                remedy: "leave it out, or give --inverse as well")
        }
        answers.inverseIsOne = inverseType == .hasOne
        return answers
    }

    /// Names with commas between them.
    static func names(_ text: String?, _ flag: String) throws(GeneratorError) -> [String] {
        guard let text else { return [] }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map { name in
            String(name.drop { $0 == " " })
        }
        guard !names.contains("") else {
            throw GeneratorError(
                .invalidFlag, flag, "\"\(text)\" has an empty name in it.",
                remedy: "give names with commas between them")
        }
        for (index, name) in names.enumerated() {
            guard MemberName.isUsable(name), !names[..<index].contains(name) else {
                throw GeneratorError(
                    .invalidFlag, flag, "\"\(name)\" can't be the name of a property, or is there twice.",
                    remedy: "name properties with letters and digits, such as \"customerId\"")
            }
        }
        return names
    }

    /// Why a text is no JSON object; nil where it is one.
    static func problem(withObject text: String) -> String? {
        do throws(GeneratorError) {
            _ = try object(text, "")
            return nil
        } catch { return error.message }
    }

    /// A JSON object.
    static func object(_ text: String?, _ flag: String) throws(GeneratorError) -> JSONValue? {
        guard let text else { return nil }
        let problem: String
        do {
            let value = try JSONValue(parsing: Array(text.utf8))
            if case .object = value { return value }
            problem = "It is no object."
        } catch {
            problem = error.message
        }
        throw GeneratorError(.invalidFlag, flag, "It isn't a JSON object: \(problem)", remedy: "write it as {…}")
    }
}
