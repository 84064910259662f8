// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// The records that a many-to-many relation leads to, each with its link, or that they weren't loaded.
///
/// ```swift
/// struct Author: TypedModel {
///     var books = Linked<Book, Authorship>("books")
///     static let definition = TypedDefinition<Author>("Author") {
///         $0.hasMany("books", \.books, from: \.authorId, to: \.bookId)
///     }
/// }
/// let authors = try await database.query(Author.self).include(\.books, link: { $0.where { $0.role == "editor" } }).all()
/// for entry in try authors[0].books.entries { print(entry.record.title, entry.link.role) }
/// ```
///
/// ``Many`` is for those who don't want the links.
public struct Linked<Target: TypedModel, Link: TypedModel>: LinkedProperty {
    /// A record and the link that leads to it. What the record has is reached directly.
    @dynamicMemberLookup
    public struct Entry: Sendable {
        /// The record.
        public let record: Target
        /// The link.
        public let link: Link

        /// What the record has.
        public subscript<Value>(dynamicMember path: KeyPath<Target, Value>) -> Value { record[keyPath: path] }
    }

    private enum State: Sendable {
        case notLoaded(StaticString)
        case loaded([Entry])
    }

    private let state: State

    /// A relation that isn't loaded.
    public init(_ name: StaticString) { state = .notLoaded(name) }

    @usableFromInline
    init(loaded entries: [Entry]) { state = .loaded(entries) }

    /// The records with their links, in the order asked for.
    ///
    /// - Throws: ``ModelError`` `RELATION_NOT_LOADED` that names the include to add.
    public var entries: [Entry] {
        get throws(ModelError) {
            switch state {
            case .loaded(let entries): return entries
            case .notLoaded(let name): throw .notLoaded(name, Target.definition.name)
            }
        }
    }

    /// The records; see ``entries``.
    public var records: [Target] { get throws(ModelError) { try entries.map(\.record) } }

    /// The links; see ``entries``.
    public var links: [Link] { get throws(ModelError) { try entries.map(\.link) } }

    /// Whether they were loaded.
    public var isLoaded: Bool { if case .loaded = state { true } else { false } }

    /// Whether they were loaded.
    public var isAnswered: Bool { isLoaded }

    /// They never come from a program.
    public var isGiven: Bool { false }

    /// The records, nil where they weren't loaded.
    public var targets: [Target]? { if case .loaded(let entries) = state { entries.map(\.record) } else { nil } }

    /// What an include says of the links.
    public static var through: JSONValue? { .some(.object(shownLink)) }

    /// What is shown of the links.
    static var shownLink: [JSONValue.Member] {
        [.init("fields", .array(Link.definition.shownNames.map { .string($0) })), .init("as", .string(linkName))]
    }

    /// The member of a target's JSON that the link is shown as.
    @usableFromInline static var linkName: String {
        let names = Target.definition.shownNames + Target.definition.relations.map(\.name)
        return names.contains("link") ? "_link" : "link"
    }

    /// Writes a list of records, each with its link in a member.
    ///
    /// - Throws: ``ModelError`` `INVALID_MODEL` where one of both types isn't `Encodable`.
    public func write(to encoder: any Encoder) throws {
        guard case .loaded(let entries) = state else { return }
        var list = encoder.unkeyedContainer()
        for entry in entries { try list.encode(EncodedEntry(entry)) }
    }

    /// Reads such a list.
    public init(from decoder: any Decoder, _ name: StaticString) throws {
        var list = try decoder.unkeyedContainer()
        var entries: [Entry] = []
        while !list.isAtEnd { entries.append(try list.decode(DecodedEntry.self).entry) }
        state = .loaded(entries)
    }

    private struct EncodedEntry: Encodable {
        let entry: Entry

        init(_ entry: Entry) { self.entry = entry }

        func encode(to encoder: any Encoder) throws {
            try EncodedRecord(entry.record).encode(to: encoder)
            var container = encoder.container(keyedBy: NameKey.self)
            try container.encode(EncodedRecord(entry.link), forKey: NameKey(linkName))
        }
    }

    private struct DecodedEntry: Decodable {
        let entry: Entry

        init(from decoder: any Decoder) throws {
            let record = try DecodedRecord<Target>(from: decoder).record
            let container = try decoder.container(keyedBy: NameKey.self)
            let link = try container.decode(DecodedRecord<Link>.self, forKey: NameKey(linkName)).record
            entry = Entry(record: record, link: link)
        }
    }
}

extension Linked.Entry: Equatable where Target: Equatable, Link: Equatable {}
extension Linked.Entry: Hashable where Target: Hashable, Link: Hashable {}

extension Linked: Equatable where Target: Equatable, Link: Equatable {
    /// Whether both have the same records and links, or were not loaded.
    public static func == (one: Linked, other: Linked) -> Bool { (try? one.entries) == (try? other.entries) }
}

extension Linked: Hashable where Target: Hashable, Link: Hashable {
    /// Hashes the records and links.
    public func hash(into hasher: inout Hasher) { hasher.combine(try? entries) }
}

extension GraphDecoding {
    /// What a many-to-many relation leads to from a row, with the links.
    @usableFromInline
    func linked<Target: TypedModel, Link: TypedModel>(
        _ type: Linked<Target, Link>.Type, of node: Node.ID, _ name: StaticString
    ) throws -> (Int) throws -> Linked<Target, Link> {
        let decode = try decoder(Target.self, of: node)
        let layout = graph.layout.nodes[node.index]
        guard layout.link?.model == Link.definition.name else {
            throw ModelError(
                .invalidModel,
                "The relation \"\(name)\" was loaded without its links of the model \(Link.definition.name). Include it by its key path.",
                model: Link.definition.name, relation: "\(name)")
        }
        var reader = linkReader(of: node, Link.definition.name)
        let links = links(of: node)
        return { parent in
            let range = links.range(parent)
            var entries: [Linked<Target, Link>.Entry] = []
            entries.reserveCapacity(range.count)
            for position in range {
                let row = links.row(at: position)
                let record = try decode(row)
                try reader.begin(row)
                entries.append(.init(record: record, link: try Link(row: &reader)))
            }
            return Linked(loaded: entries)
        }
    }
}
