// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes what leaves keys on the server, and what takes them from there.
enum HandOverWriter {
    /// The keys in a step's setting, as the text of an array.
    ///
    /// Always in a sub-select, for bare the server would take it for a constant to plan with. Who hands over always does, also
    /// where there are no keys: so a setting that is not there, or is empty since the transaction it was made in has ended, was
    /// made elsewhere, as Citus does that runs a statement on another node. That is an error (42704), never no keys; its name
    /// tells it from all others, see ``HandOver/isLost(_:)``.
    static func reading(by taker: Step.ID, part: Int) -> String {
        let name = HandOver.setting(of: taker, part: part)
        return
            "(SELECT current_setting(CASE current_setting('\(name)', true) WHEN '' THEN '\(name)_lost' ELSE '\(name)' END))"
    }

    /// Appends a statement that does what `body` writes, and hands keys over.
    ///
    /// The condition is the same for every row and is judged once, before the first of them, also when there is none.
    ///
    /// - Parameter parts: appends other queries of the WITH, which the body reads.
    static func write(
        _ handOvers: [HandOver], beside parts: ((inout SQLText) throws(PlannerError) -> Void)? = nil,
        to sql: inout SQLText, body: (inout SQLText) throws(PlannerError) -> Void
    ) throws(PlannerError) {
        guard !handOvers.isEmpty else { return try body(&sql) }
        sql.append("WITH ")
        if let parts {
            try parts(&sql)
            sql.append(", ")
        }
        sql.append("r AS MATERIALIZED (")
        try body(&sql)
        sql.append(") SELECT r.* FROM r WHERE ")
        var isFirst = true
        for handOver in handOvers {
            sql.append(separator: " AND ", isFirst: &isFirst)
            sql.append("(")
            write(handOver, to: &sql)
            sql.append(") IS NOT NULL")
        }
    }

    private static func write(_ handOver: HandOver, to sql: inout SQLText) {
        let parts = handOver.columns.first?.count ?? 0
        if handOver.columns.count == 1, parts == 1 {
            let column = "r." + quoted(handOver.columns[0][0])
            let keys =
                handOver.areDistinct
                ? "array_agg(\(column))" : "array_agg(DISTINCT \(column)) FILTER (WHERE \(column) IS NOT NULL)"
            return sql.append("SELECT \(setting(of: handOver, keys, part: 0)) FROM r")
        }
        let names = (0..<parts).map { "\"k\($0 + 1)\"" }
        // UNION leaves each key once; one source alone has to say so.
        let select = handOver.columns.count > 1 ? "SELECT" : "SELECT DISTINCT"
        let keys = handOver.columns.map { source in
            let columns = source.map { "r." + quoted($0) }
            let present = columns.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
            return "\(select) \(columns.joined(separator: ", ")) FROM r WHERE \(present)"
        }
        let settings = names.enumerated().map { part, name in
            setting(of: handOver, "array_agg(d.\(name))", part: part)
        }
        sql.append("SELECT \(settings.joined(separator: " || ")) FROM (\(keys.joined(separator: " UNION ")))")
        sql.append(" AS d(\(names.joined(separator: ", ")))")
    }

    private static func setting(of handOver: HandOver, _ keys: String, part: Int) -> String {
        "set_config('\(HandOver.setting(of: handOver.taker, part: part))', coalesce(\(keys)::text, '{}'), true)"
    }
}
