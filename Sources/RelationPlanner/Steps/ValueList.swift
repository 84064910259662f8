// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Values of many rows, by their places: one array each, so that the text is the same for any number of rows.
///
/// The server flattens an array of arrays: lists of lists go as one list of all elements, with the first and the last place of
/// each, which are three values.
package struct ValueList: Sendable, Hashable {
    /// The type of each.
    let type: ColumnType
    /// One for each row; none in a change's shape.
    let contents: [BoundValue.Contents]
    /// In a change's shape: the position of the first of its values in the list taken out of it.
    let slot: Int?

    init(type: ColumnType, contents: [BoundValue.Contents]) {
        self.type = type
        self.contents = contents
        slot = nil
    }

    init(type: ColumnType, slot: Int) {
        self.type = type
        contents = []
        self.slot = slot
    }

    /// Whether each of the values is a list.
    var isOfLists: Bool { type.element != nil }

    /// What is bound: the list; or the first places, the last places, and all elements one list behind the other.
    var parameters: [BoundValue] {
        guard isOfLists else { return [BoundValue(type.array, .array(contents))] }
        var (first, last): ([BoundValue.Contents], [BoundValue.Contents]) = ([], [])
        var elements: [BoundValue.Contents] = []
        for contents in contents {
            guard case .array(let own) = contents else {
                first.append(.null)
                last.append(.null)
                continue
            }
            first.append(.integer(Int64(elements.count + 1)))
            elements += own
            last.append(.integer(Int64(elements.count)))
        }
        let places = ColumnType.int4.array
        return [
            BoundValue(places, .array(first)), BoundValue(places, .array(last)), BoundValue(type, .array(elements)),
        ]
    }

    /// What stands for each of them.
    var slots: [ParameterSlot] {
        guard let slot else { return parameters.map { .constant($0) } }
        let types = isOfLists ? [ColumnType.int4.array, ColumnType.int4.array, type] : [type.array]
        return types.enumerated().map { .value(slot + $0, $1) }
    }
}
