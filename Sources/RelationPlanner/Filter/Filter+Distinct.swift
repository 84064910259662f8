// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Filter {
    /// Why the filter can't ask for distinct combinations; nil when it can, or doesn't.
    ///
    /// Rows of a distinct result have only the fields: nothing else can order them or hang on them.
    func distinctProblem(_ model: Model) -> (message: String, property: String?)? {
        guard distinct else { return nil }
        guard let fields, !fields.isEmpty else {
            return ("\"distinct\" needs \"fields\": the properties whose combinations are wanted.", nil)
        }
        for field in fields where !model.properties[field].columnType.isDistinct {
            let name = model.properties[field].name
            return ("Values of \(model.name).\(name) can't be told apart by \"distinct\".", name)
        }
        guard include.isEmpty, cursor == nil, !pageCursors else {
            return ("\"distinct\" can't be used with \"include\", \"after\", \"before\" or the cursors of a page.", nil)
        }
        guard order.allSatisfy({ isDistinct(by: $0) }) else {
            return ("With \"distinct\", only the fields that are asked for can order the rows.", nil)
        }
        return nil
    }

    /// The filter without what a default scope has added that combinations of fields don't have: an order by something
    /// else, and relations.
    func droppingBeyondDistinct(asked: Filter) -> Filter {
        var filter = self
        if asked.order.isEmpty { filter.order.removeAll { !isDistinct(by: $0) } }
        if asked.include.isEmpty { filter.include = [] }
        return filter
    }

    /// Whether a term orders by one of the fields.
    private func isDistinct(by term: OrderTerm) -> Bool {
        term.related == nil && term.distance == nil && term.operand.path.isEmpty
            && fields?.contains(term.operand.property) == true
    }
}
