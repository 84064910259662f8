// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Something in a definition that is odd but usable.
///
/// ```swift
/// for warning in schema.warnings { print(warning) }
/// ```
///
/// ``Schema/warnings`` has all of them; those that only the database can tell are there once its catalog is known.
public struct DefinitionWarning: Sendable, Hashable, CustomStringConvertible {
    /// What kind of oddity it is; the raw value is stable and meant for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// A key that means nothing here and is ignored.
        case unknownKey = "UNKNOWN_KEY"
        /// A key that would mean something at another place.
        case misplacedKey = "MISPLACED_KEY"
        /// The name of something that doesn't exist.
        case unknownName = "UNKNOWN_NAME"
        /// A value that isn't written as it should be; the message says how it is read.
        case oddValue = "ODD_VALUE"
        /// A property is declared as another type than its column has.
        case typeMismatch = "TYPE_MISMATCH"
        /// Several properties of a model are kept in one column.
        case sharedColumn = "SHARED_COLUMN"
        /// The routes of several models have the same path.
        case sharedPath = "SHARED_PATH"
        /// Two models' hasAndBelongsToMany relations to each other go by different links.
        case splitLinks = "SPLIT_LINKS"
        /// The keys of a relation can't be compared.
        case keyMismatch = "KEY_MISMATCH"
        /// The database has no such table.
        case missingTable = "MISSING_TABLE"
        /// Something that doesn't work was left out.
        case leftOut = "LEFT_OUT"
        /// A mixin, whose code isn't read.
        case mixin = "MIXIN"
        /// Something of LoopBack's that isn't supported.
        case unsupported = "UNSUPPORTED"
    }

    /// What kind of oddity it is.
    public var code: Code
    /// What is odd, and what becomes of it.
    public var message: String
    /// The file of the definition.
    public var file: String?
    /// The place inside the definition (`relations.orders`).
    public var path: String?
    /// The model it is about.
    public var model: String?
    /// The property it is about.
    public var property: String?
    /// The relation it is about.
    public var relation: String?

    /// A warning about a definition.
    public init(
        _ code: Code, _ message: String, file: String? = nil, path: String? = nil, model: String? = nil,
        property: String? = nil, relation: String? = nil
    ) {
        self.code = code
        self.message = MessageText.message(message)
        self.file = file
        self.path = path
        self.model = model
        self.property = property
        self.relation = relation
    }

    /// Place and message, on one line, and fit for a terminal and a log.
    public var description: String {
        let place = [file ?? model, path].compactMap { $0 }.filter { !$0.isEmpty }.map(MessageText.name).joined(
            separator: ": ")
        return place.isEmpty ? message : "\(place): \(message)"
    }
}

extension DefinitionWarning {
    /// A setting that would show what isn't in the database: what is read is what is stored.
    static func updateOnLoad(of definition: ModelDefinition) -> DefinitionWarning {
        DefinitionWarning(
            .unsupported,
            "\"updateOnLoad\" has no effect: records are read as the table has them, and a missing value isn't made when one is loaded. Give the column a DEFAULT, write the values once, and leave the setting out.",
            file: definition.file, path: "updateOnLoad", model: definition.name)
    }
}
