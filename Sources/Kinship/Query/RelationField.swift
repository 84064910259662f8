// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A relation that is asked about, or that rows are ordered by.
@dynamicMemberLookup
public struct RelationField<Relation: RelationProperty>: Sendable {
    /// The relation's name; those of the to-one relations that lead to it ahead of it.
    let path: [String]

    init(_ path: [String]) { self.path = path }

    /// What orders call it.
    var name: String { path.joined(separator: ".") }

    fileprivate func asked(
        _ word: String, _ condition: (Fields<Relation.Target>) -> FilterExpression
    ) -> FilterExpression {
        let condition = condition(Fields())
        do {
            return .related(path, word, FilterExpression.simplified([try condition.json]) ?? [:])
        } catch {
            // What has no JSON form keeps its error, which comes where the condition is used.
            return condition
        }
    }
}

extension RelationField where Relation: ToOneProperty {
    /// A property of the related record, to compare with and to order by.
    public subscript<Value: PropertyValue>(dynamicMember path: KeyPath<Relation.Target, Value>) -> RelatedValue<Value> {
        RelatedValue(relations: self.path, field: TypedField(Relation.Target.definition.name(of: path)))
    }

    /// A relation of the related record, to ask about and to order by.
    ///
    /// ```swift
    /// database.query(Item.self).where { $0.order.customer.is { $0.vip == true } }.order { $0.order.customer.name.ascending }
    /// ```
    public subscript<Next: RelationProperty>(
        dynamicMember path: KeyPath<Relation.Target, Next>
    ) -> RelationField<Next> {
        RelationField<Next>(self.path + [Relation.Target.definition.name(ofRelation: path)])
    }

    /// The related record meets the condition.
    public func `is`(_ condition: (Fields<Relation.Target>) -> FilterExpression) -> FilterExpression {
        asked("is", condition)
    }

    /// There is no related record that meets the condition.
    public func isNot(_ condition: (Fields<Relation.Target>) -> FilterExpression) -> FilterExpression {
        asked("isNot", condition)
    }

    /// Whether there is a related record.
    public func exists(_ flag: Bool = true) -> FilterExpression {
        .related(path, flag ? "isNot" : "is", .null)
    }
}

extension RelationField where Relation: ToManyProperty {
    /// At least one related record meets the condition.
    public func some(
        _ condition: (Fields<Relation.Target>) -> FilterExpression = { _ in FilterExpression([:]) }
    ) -> FilterExpression { asked("some", condition) }

    /// All related records meet the condition.
    public func every(_ condition: (Fields<Relation.Target>) -> FilterExpression) -> FilterExpression {
        asked("every", condition)
    }

    /// No related record meets the condition.
    public func none(
        _ condition: (Fields<Relation.Target>) -> FilterExpression = { _ in FilterExpression([:]) }
    ) -> FilterExpression { asked("none", condition) }
}

extension FilterExpression {
    /// A condition on what the last of some relations leads to; all ahead of it are to-one relations, which have to lead somewhere.
    static func related(_ path: [String], _ word: String, _ json: JSONValue) -> FilterExpression {
        related(path, [.init(word, json)])
    }

    /// Likewise with several words.
    static func related(_ path: [String], _ members: [JSONValue.Member]) -> FilterExpression {
        var json = JSONValue.object(members)
        for (position, name) in path.enumerated().reversed() {
            json = .object([.init(name, json)])
            if position > 0 { json = .object([.init("is", json)]) }
        }
        return FilterExpression(json)
    }
}
