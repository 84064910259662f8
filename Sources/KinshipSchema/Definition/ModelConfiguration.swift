// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// An application's `model-config.json`: which models it has, where their records are, and what it adds to them (D38).
///
/// ```swift
/// let configuration = try ModelConfiguration(
///     json: Array(#"{"Customer": {"dataSource": "db"}, "AccessToken": {"dataSource": "db", "public": false}}"#.utf8))
/// print(configuration.entries.map(\.model))
/// ```
public struct ModelConfiguration: Sendable, Hashable {
    /// What the application says about one model.
    public struct Entry: Sendable, Hashable {
        /// The model.
        public var model: String
        /// The name of its data source; nil when the model is attached nowhere.
        public var dataSource: String?
        /// Whether REST offers the model.
        public var isPublic = true
        /// Relations that are added, or members of relations that are replaced.
        package var relations: [JSONValue.Member] = []
        /// Access rules that are added, or replace those for the same principal, property and access type.
        package var acls: [JSONValue] = []
        /// Settings that are replaced.
        package var options: [JSONValue.Member] = []
        /// The file, for messages.
        package var file: String?
    }

    /// The folders of model files, as the file names them; nil when it names none.
    public var sources: [String]?
    /// The models, in their order.
    public var entries: [Entry] = []
    /// What was odd but usable.
    public var warnings: [DefinitionWarning] = []
    /// The file, for messages.
    public var file: String?

    /// A configuration that says nothing.
    public init() {}
}

extension ModelDefinition {
    /// Takes over what an application's `model-config.json` says of the model: rules, relations, options, and whether REST offers it. What it
    /// doesn't list stays as it is.
    ///
    /// ```swift
    /// var definition = try ModelDefinition(json: Array(#"{"name": "Customer"}"#.utf8))
    /// definition.configure(try ModelConfiguration(json: Array(#"{"Customer": {"public": false}}"#.utf8)))
    /// ```
    public mutating func configure(_ configuration: ModelConfiguration) {
        guard let entry = configuration.entries.last(where: { $0.model == name }) else { return }
        self.configuration = entry
        isPublic = entry.isPublic
    }
}
