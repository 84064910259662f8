// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads what is asked for beside a page's rows.
struct PageReader: ContextReader {
    let context: ReadingContext

    /// `true` for the total, or `{"cursor": true, "total": true}`.
    func page(
        _ json: JSONValue, _ position: FilterPosition
    ) throws(PlannerError) -> (total: Bool, cursors: Bool) {
        guard case .object(let members) = json else { return (try filterReader.flag(json, position), false) }
        var page = (total: false, cursors: false)
        for member in members {
            try at(member.key) { () throws(PlannerError) in
                let value = try filterReader.flag(member.value, position)
                switch member.key {
                case "total": page.total = value
                case "cursor": page.cursors = value
                default:
                    throw error(
                        .invalidFilter, "A page has \"cursor\" and \"total\", and no \"\(member.key)\".")
                }
            }
        }
        return page
    }
}
