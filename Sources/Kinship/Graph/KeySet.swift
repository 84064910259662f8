// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// The keys that one statement asks for: those of one place, or of several that share the statement.
///
/// Keys of several places may repeat: that is no matter to statements that find rows by an array.
struct KeySet {
    private let indexes: [KeyIndex]

    /// - Parameter indexes: one at least; several only of keys with one part.
    init(_ indexes: [KeyIndex]) { self.indexes = indexes }

    /// How many keys are sent.
    var count: Int { indexes.reduce(0) { $0 + $1.count } }

    /// One part of the keys as a binary array of the element type.
    func appendArray(part: Int, of element: ColumnType, to parameters: inout Parameters) {
        parameters.append(TypeID(rawValue: element.arrayOID)) { bytes in
            bytes.appendArrayHeader(count: count, of: TypeID(rawValue: element.oid), hasNull: false)
            for index in indexes { index.appendElements(part: part, of: element, to: &bytes) }
        }
    }
}
