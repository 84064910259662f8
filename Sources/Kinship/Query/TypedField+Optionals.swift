// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// Comparisons of a property with an optional one of the same row.
extension TypedField {
    /// The same property, to be compared with an optional one.
    private var widened: TypedField<Value?> { TypedField<Value?>(name) }

    /// Equal to an optional property of the same row.
    public static func == (field: TypedField, other: TypedField<Value?>) -> FilterExpression { field.widened == other }
    /// Another value than an optional property of the same row.
    public static func != (field: TypedField, other: TypedField<Value?>) -> FilterExpression { field.widened != other }
    /// Greater than an optional property of the same row.
    public static func > (field: TypedField, other: TypedField<Value?>) -> FilterExpression { field.widened > other }
    /// At least an optional property of the same row.
    public static func >= (field: TypedField, other: TypedField<Value?>) -> FilterExpression { field.widened >= other }
    /// Less than an optional property of the same row.
    public static func < (field: TypedField, other: TypedField<Value?>) -> FilterExpression { field.widened < other }
    /// At most an optional property of the same row.
    public static func <= (field: TypedField, other: TypedField<Value?>) -> FilterExpression { field.widened <= other }

    /// An optional property equal to another one of the same row.
    public static func == (field: TypedField<Value?>, other: TypedField) -> FilterExpression { field == other.widened }
    /// An optional property with another value than another one of the same row.
    public static func != (field: TypedField<Value?>, other: TypedField) -> FilterExpression { field != other.widened }
    /// An optional property greater than another one of the same row.
    public static func > (field: TypedField<Value?>, other: TypedField) -> FilterExpression { field > other.widened }
    /// An optional property of at least another one of the same row.
    public static func >= (field: TypedField<Value?>, other: TypedField) -> FilterExpression { field >= other.widened }
    /// An optional property less than another one of the same row.
    public static func < (field: TypedField<Value?>, other: TypedField) -> FilterExpression { field < other.widened }
    /// An optional property of at most another one of the same row.
    public static func <= (field: TypedField<Value?>, other: TypedField) -> FilterExpression { field <= other.widened }
}
