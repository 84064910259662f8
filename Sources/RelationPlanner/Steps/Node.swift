// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One place in the tree of the answer: the root, or an included relation.
public struct Node: Sendable, Hashable {
    /// Which node of a plan it is.
    public typealias ID = Identifier<Node>

    /// The root's.
    package static var root: ID { ID(0) }

    /// Which of ``Plan/nodes`` it is.
    public let id: ID
    /// The node whose records this one's belong to; nil for the root.
    public let parent: ID?
    /// The relation's name; empty for the root.
    public let name: String
    /// The model of the records; for a relation to several models, the one it starts from.
    public let model: Model.ID
    /// The fetch whose rows the records are, which may be another node's as well; nil for a relation to several models, and
    /// where only numbers were asked for.
    public let fetch: Fetch.ID?
    /// For a polymorphic belongsTo, a node for each type; each parent has a record of one of them at most.
    public internal(set) var variants: [ID] = []
    /// What is shown, in the order of the model's properties.
    public internal(set) var shown: [Shown] = []
    /// The column that holds a whole record as JSON, of embedded ones: it is shown instead.
    public internal(set) var record: Int?
    /// The include as it was asked, where its scope is a function of the parent's record (D11): it is planned and loaded when
    /// the parents have come, once for all those whose scopes are equal.
    package internal(set) var deferred: Include?
    /// How rows find their parents; nil for the root, and for nodes without rows of their own.
    public internal(set) var link: NodeLink?
    /// Whether a parent has a list of these or one at most.
    public let isToMany: Bool
    /// Included relations, in the order they are shown.
    public internal(set) var children: [ID] = []
    /// Columns of the link shown with each record (B4).
    public internal(set) var linkObject: LinkObject?
    /// Numbers about the records (B3).
    public internal(set) var summary: Summary?

    init(id: ID, parent: ID?, name: String, model: Model.ID, fetch: Fetch.ID?, isToMany: Bool) {
        self.id = id
        self.parent = parent
        self.name = name
        self.model = model
        self.fetch = fetch
        self.isToMany = isToMany
    }

    /// A property and the column of the fetch that has its values.
    public struct Shown: Sendable, Hashable {
        /// The column.
        public let column: Int
        /// The property, of the node's model.
        public let property: Property.ID
    }

    /// An object with columns of the link.
    public struct LinkObject: Sendable, Hashable {
        /// The member's name.
        public let name: String
        /// The link model.
        public let model: Model.ID
        /// Properties of the link model and their columns.
        public let shown: [Shown]
    }

    /// Numbers about each parent's records.
    public struct Summary: Sendable, Hashable {
        /// The fetch with a row for each key that has records.
        public let fetch: Fetch.ID
        /// How its rows find their parents.
        public let link: NodeLink
        /// The column of the count, nil when it wasn't asked.
        public let count: Int?
        /// The functions, in their order; their columns are the fetch's last ones.
        package let aggregates: [Include.Summary.Term]
        /// The column of the first function.
        public let firstAggregate: Int
        /// Whether the records are shown as well.
        public let rows: Bool
    }
}
