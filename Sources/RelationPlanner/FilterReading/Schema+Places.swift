// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Places in an order that no caller gives: for who reads a list part by part, and shows nobody where it is.
extension Schema {
    /// Whether rows in a completed order have places that their own columns tell.
    package func hasPlaces(in order: [OrderTerm], of model: Model) -> Bool {
        !model.primaryKey.isEmpty && order.allSatisfy(\.isColumn)
    }

    /// The place behind a row, for a filter that is resolved.
    ///
    /// - Parameters:
    ///   - values: those of the order's terms at the row, exactly: JSON with commas between, as an ``OpaqueCursor`` has them.
    ///   - order: the completed order.
    /// - Throws: ``PlannerError`` `INVALID_VALUE` for what its column can't hold any more.
    package func place(
        behind values: [UInt8], in order: [OrderTerm], of model: Model
    ) throws(PlannerError) -> Filter.Cursor {
        let context = ReadingContext(self, limits: .trusted, isTrusted: true)
        let payload = OpaqueCursor.payload(model: model.name, order: text(of: order, of: model), values: values)
        guard let cursor = OpaqueCursor(payload: payload) else {
            throw context.error(.invalidFilter, "A place in the order of \(model.name) can't be told.", model: model)
        }
        return Filter.Cursor(.after, try CursorReader(context: context).keys(cursor, order, model))
    }
}
