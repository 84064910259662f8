// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// Which of some records are meant.
public typealias RecordCondition<Record: TypedModel> = (Fields<Record>) -> FilterExpression

extension RelationField where Relation: ToManyProperty {
    /// How many related records there are: to compare, and to order by.
    ///
    /// ```swift
    /// database.query(Customer.self).where { $0.orders.count >= 3 }.order { $0.orders.count.descending }
    /// ```
    public var count: RelatedField<Int> { RelatedField(number(["count"]), name: "\(name).count") }

    /// How many related records meet a condition.
    public func count(where condition: RecordCondition<Relation.Target>) -> RelatedNumber<Int> {
        number(["count"], condition(Fields()))
    }

    /// The sum of a property of the related records, to compare and to order by.
    public func sum<Value: PropertyValue>(_ path: KeyPath<Relation.Target, Value>) -> RelatedField<Value> {
        field(.sum, path)
    }

    /// The same of a property that a record needn't have.
    public func sum<Value: PropertyValue>(_ path: KeyPath<Relation.Target, Value?>) -> RelatedField<Value> {
        field(.sum, path)
    }

    /// The sum of a property of those related records that meet a condition.
    public func sum<Value: PropertyValue>(
        _ path: KeyPath<Relation.Target, Value>, where condition: RecordCondition<Relation.Target>
    ) -> RelatedNumber<Value> { number(words(.sum, path), condition(Fields())) }

    /// The same of a property that a record needn't have.
    public func sum<Value: PropertyValue>(
        _ path: KeyPath<Relation.Target, Value?>, where condition: RecordCondition<Relation.Target>
    ) -> RelatedNumber<Value> { number(words(.sum, path), condition(Fields())) }

    /// The mean of a property of the related records, to compare and to order by.
    public func average(_ path: PartialKeyPath<Relation.Target>) -> RelatedField<Double> { field(.avg, path) }

    /// The mean of a property of those related records that meet a condition.
    public func average(
        _ path: PartialKeyPath<Relation.Target>, where condition: RecordCondition<Relation.Target>
    ) -> RelatedNumber<Double> { number(words(.avg, path), condition(Fields())) }

    /// The least value of a property of the related records, to compare and to order by.
    public func min<Value: PropertyValue>(_ path: KeyPath<Relation.Target, Value>) -> RelatedField<Value> {
        field(.min, path)
    }

    /// The same of a property that a record needn't have.
    public func min<Value: PropertyValue>(_ path: KeyPath<Relation.Target, Value?>) -> RelatedField<Value> {
        field(.min, path)
    }

    /// The least value of a property of those related records that meet a condition.
    public func min<Value: PropertyValue>(
        _ path: KeyPath<Relation.Target, Value>, where condition: RecordCondition<Relation.Target>
    ) -> RelatedNumber<Value> { number(words(.min, path), condition(Fields())) }

    /// The same of a property that a record needn't have.
    public func min<Value: PropertyValue>(
        _ path: KeyPath<Relation.Target, Value?>, where condition: RecordCondition<Relation.Target>
    ) -> RelatedNumber<Value> { number(words(.min, path), condition(Fields())) }

    /// The greatest value of a property of the related records, to compare and to order by.
    public func max<Value: PropertyValue>(_ path: KeyPath<Relation.Target, Value>) -> RelatedField<Value> {
        field(.max, path)
    }

    /// The same of a property that a record needn't have.
    public func max<Value: PropertyValue>(_ path: KeyPath<Relation.Target, Value?>) -> RelatedField<Value> {
        field(.max, path)
    }

    /// The greatest value of a property of those related records that meet a condition.
    public func max<Value: PropertyValue>(
        _ path: KeyPath<Relation.Target, Value>, where condition: RecordCondition<Relation.Target>
    ) -> RelatedNumber<Value> { number(words(.max, path), condition(Fields())) }

    /// The same of a property that a record needn't have.
    public func max<Value: PropertyValue>(
        _ path: KeyPath<Relation.Target, Value?>, where condition: RecordCondition<Relation.Target>
    ) -> RelatedNumber<Value> { number(words(.max, path), condition(Fields())) }

    private func words(_ function: Aggregate, _ path: PartialKeyPath<Relation.Target>) -> [String] {
        [function.rawValue, Relation.Target.definition.name(of: path)]
    }

    private func number<Value: PropertyValue>(
        _ words: [String], _ condition: FilterExpression? = nil
    ) -> RelatedNumber<Value> {
        RelatedNumber(path: path, words: words, condition: condition)
    }

    private func field<Value: PropertyValue>(
        _ function: Aggregate, _ path: PartialKeyPath<Relation.Target>
    ) -> RelatedField<Value> {
        let words = words(function, path)
        return RelatedField(number(words), name: "\(name).\(words[0])(\(words[1]))")
    }
}
