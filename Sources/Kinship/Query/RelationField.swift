// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A relation that is asked about, or that rows are ordered by.
@dynamicMemberLookup
public struct RelationField<Relation: RelationProperty>: Sendable {
    /// The relation's name; those of the relations that lead to it ahead of it.
    let name: String

    init(_ name: String) { self.name = name }

    fileprivate func asked(
        _ word: String, _ condition: (Fields<Relation.Target>) -> FilterExpression
    ) -> FilterExpression {
        let condition = condition(Fields())
        do {
            let json = FilterExpression.simplified([try condition.json]) ?? [:]
            return FilterExpression(.object([.init(name, .object([.init(word, json)]))]))
        } catch {
            // What has no JSON form keeps its error, which comes where the condition is used.
            return condition
        }
    }
}

extension RelationField where Relation: ToOneProperty {
    /// A property of the related record, to compare with and to order by.
    public subscript<Value: PropertyValue>(dynamicMember path: KeyPath<Relation.Target, Value>) -> RelatedValue<Value> {
        RelatedValue(relation: name, field: TypedField(Relation.Target.definition.name(of: path)))
    }

    /// A relation of the related record, to order by.
    public subscript<Next: RelationProperty>(
        dynamicMember path: KeyPath<Relation.Target, Next>
    ) -> RelationField<Next> {
        RelationField<Next>("\(name).\(Relation.Target.definition.name(ofRelation: path))")
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
        FilterExpression(.object([.init(name, .object([.init(flag ? "isNot" : "is", .null)]))]))
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

    /// How many related records there are, to order by.
    public var count: RelatedField { RelatedField("\(name).count") }

    /// The sum of a property of the related records, to order by.
    public func sum(_ path: PartialKeyPath<Relation.Target>) -> RelatedField { aggregate(.sum, path) }

    /// The mean of a property of the related records, to order by.
    public func average(_ path: PartialKeyPath<Relation.Target>) -> RelatedField { aggregate(.avg, path) }

    /// The least value of a property of the related records, to order by.
    public func min(_ path: PartialKeyPath<Relation.Target>) -> RelatedField { aggregate(.min, path) }

    /// The greatest value of a property of the related records, to order by.
    public func max(_ path: PartialKeyPath<Relation.Target>) -> RelatedField { aggregate(.max, path) }

    private func aggregate(_ function: Aggregate, _ path: PartialKeyPath<Relation.Target>) -> RelatedField {
        RelatedField("\(name).\(function.rawValue)(\(Relation.Target.definition.name(of: path)))")
    }
}

/// A value of related records, which rows can be ordered by.
public struct RelatedField: Sendable, Hashable {
    private let name: String

    init(_ name: String) { self.name = name }

    /// From the least to the greatest; NULLs come last.
    public var ascending: OrderExpression { OrderExpression(name, isDescending: false) }
    /// From the greatest to the least; NULLs come first.
    public var descending: OrderExpression { OrderExpression(name, isDescending: true) }
}
