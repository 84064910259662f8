// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// How findings are mended: what their messages say of it, else a sentence for each code.
enum FindingFix {
    /// Words that a sentence begins with that says what to do.
    private static let verbs: Set<Substring> = [
        "Add", "Ask", "Attach", "Choose", "Connect", "Copy", "Correct", "Create", "Declare", "Drop", "Give", "Keep",
        "Leave",
        "Make", "Move", "Name", "Put", "Remove", "Rename", "Say", "Set", "Use", "Write",
    ]

    /// A message taken apart: what is wrong, and what can be done, from the first sentence that says so; nil where none does.
    static func said(in message: String) -> (what: String, fix: String)? {
        var rest = message[...]
        while let space = rest.firstIndex(of: " ") {
            let before = message[..<space]
            rest = rest[rest.index(after: space)...]
            guard before.last == "." || before.last == "?" else { continue }
            // The name that is nearest: Is "orders" meant?
            let isHint = rest.hasPrefix("Is \"") && rest.contains("\" meant?")
            guard isHint || verbs.contains(rest.prefix { $0.isLetter }) else { continue }
            return (String(before), String(rest))
        }
        return nil
    }
}

extension PlannerError.Code {
    /// What to do about it where the message doesn't say.
    var fix: String {
        switch self {
        case .invalidDefinition: "Write what stands at this place as Documentation/Models.md has it, or remove it."
        case .unknownModel: "Name a model that there is, or add its file to the folder."
        case .unknownProperty: "Name a property that the model has, or add it: kinship property."
        case .unknownRelation: "Name a relation that the model has, or add it: kinship relation."
        case .unknownOperator: "Use one of the operators of Documentation/Filters.md."
        case .unknownScope: "Name a scope that the model has, or add it: kinship scope."
        case .unknownMethod: "Name a method that the program has, or remove what names it."
        case .invalidScope: "Let the function of the scope give a filter for its model."
        case .prohibitedProperty: "Name a property that isn't hidden, or take it out of \"hidden\"."
        case .invalidValue: "Write a value of the type that the property's column has."
        case .invalidFilter: "Write the filter as Documentation/Filters.md has it."
        case .invalidInclude:
            "Write the include as a name, or as {\"relation\": …, \"scope\": {…}}."
        case .includeDisabled: "Remove \"disableInclude\" of the relation, or the include that names it."
        case .emptyOr: "Give \"or\" at least one condition, or remove it."
        case .limitOnToOne: "Remove limit and skip: the relation leads to one record."
        case .filterTooDeep: "Nest fewer conditions and includes in one another."
        case .filterTooLarge: "Ask for less at once."
        case .filterTooCostly: "Ask for less of embedded records at once."
        case .resultTooLarge: "Ask for fewer records: set a limit."
        case .unknownPolymorphicType: "Add the model that the rows name, or correct the rows."
        case .invalidJSON: "Correct the JSON at the place that the message tells."
        case .unsupported: "Write it in another way; Documentation/MovingFromLoopBack3.md has what differs."
        case .typeChanged: "Open the database anew, so that its types are read again."
        case .noTable: "Attach the model to a data source with tables, or remove what asks for its records."
        case .modelNotFound: "Name a record that there is."
        case .keyOverride: "Leave the keys of the relation out of the data."
        case .relationExists: "Change the record that the relation has, or destroy it first."
        case .relationEmpty: "Create the record of the relation first."
        case .unsavedInstance: "Save the record first."
        case .conflict: "Read the record again, and change it as it is now."
        case .tenantRequired: "Say whose records are meant."
        case .tenantMismatch: "Leave the tenant out of the data, or use the session of the right one."
        case .multipleInstances: "Let the condition name one record."
        }
    }
}

extension DefinitionWarning.Code {
    /// What to do about it where the message doesn't say.
    var fix: String {
        switch self {
        case .unknownKey: "Correct the spelling of the key, or remove it: it has no effect."
        case .misplacedKey: "Move the key to the place where it means something."
        case .unknownName: "Name something that there is, or remove the name."
        case .oddValue: "Write the value as it is read."
        case .typeMismatch: "Declare the property as the type that its column has, or change the column."
        case .sharedColumn: "Give each property a column of its own: {\"postgresql\": {\"columnName\": …}}."
        case .sharedPath: "Give each model a path of its own: {\"http\": {\"path\": …}}, or \"plural\"."
        case .splitLinks: "Name the same \"through\" or \"throughTable\" in both relations."
        case .keyMismatch: "Give both keys of the relation the same type."
        case .missingTable:
            "Create the table (kinship migrate), or name another: {\"postgresql\": {\"table\": …}}."
        case .leftOut: "Correct what is left out, or remove it."
        case .mixin: "Write the properties and relations that the mixin adds into the model's file."
        case .unsupported: "Remove the setting; Documentation/MovingFromLoopBack3.md says what there is in its place."
        }
    }
}
