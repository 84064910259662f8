// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What stands on the columns, tables, constraints and indexes that a plan drops or gives another type.
///
/// `CASCADE` is never said: a view, a rule, a function or a publication that uses a column is told by its name before anything is done, and what
/// the server would take with a column without a word is in the step.
struct Dependents {
    /// Something that stands on something else.
    private struct Item {
        var text: String
        /// Whether it goes with it without being asked.
        var isAutomatic: Bool
        /// The table and name of a constraint or an index.
        var part: DesiredTables.ColumnPlace?
    }

    private let connection: Connection
    private let plan: MigrationPlan
    /// What goes by steps of its own.
    private var dropped: Set<DesiredTables.ColumnPlace> = []
    private var droppedTables: Set<Catalog.TableName> = []

    init(of plan: MigrationPlan, on connection: Connection) {
        (self.plan, self.connection) = (plan, connection)
        for step in plan.steps {
            switch step.change {
            case .dropForeignKey(let name), .dropConstraint(let name), .dropIndex(let name),
                .dropInvalidIndex(let name):
                dropped.insert(.init(table: former(step.table), column: name))
            case .dropTable: droppedTables.insert(step.table)
            default: break
            }
        }
    }

    /// The plan with what goes with its steps, and with a problem for each that can't be done.
    func told() async throws -> MigrationPlan {
        var result = plan
        for index in plan.steps.indices {
            let step = plan.steps[index]
            switch step.change {
            case .dropColumn(let column):
                let items = try await items(on: step.table, column)
                result.problems += problems(items, step, "\(step.table.shown).\(column)")
                result.steps[index].alsoDrops = items.filter { $0.isAutomatic && !isDropped($0) }.map(\.text)
            case .changeTypes(let changes):
                for change in changes {
                    let items = try await items(on: step.table, change.column.name, blockingTypes: true)
                    result.problems += problems(items, step, "\(step.table.shown).\(change.column.name)")
                }
            case .dropTable:
                let items = try await items(on: step.table, nil)
                result.problems += problems(items, step, step.table.shown)
                result.steps[index].alsoDrops = items.filter { $0.isAutomatic && !isDropped($0) }.map(\.text)
            case .dropConstraint(let name), .dropIndex(let name):
                let items = try await items(onIndex: name, of: step.table)
                result.problems += problems(items, step, "\(step.table.shown).\(name)")
            default: break
            }
        }
        return result
    }

    private func isDropped(_ item: Item) -> Bool {
        item.part.map { dropped.contains($0) || droppedTables.contains($0.table) } ?? false
    }

    private func problems(_ items: [Item], _ step: MigrationStep, _ subject: String) -> [MigrationProblem] {
        let names = items.filter { !$0.isAutomatic && !isDropped($0) }.map(\.text)
        guard !names.isEmpty else { return [] }
        let list = names.joined(separator: ", ").onOneLine
        return [
            MigrationProblem(
                .dependent, subject,
                "To \(step.change.title) \(subject) can't be done while \(list) \(names.count == 1 ? "uses" : "use") it. Drop \(names.count == 1 ? "it" : "them") or make \(names.count == 1 ? "it" : "them") do without first, and make \(names.count == 1 ? "it" : "them") anew afterwards."
            )
        ]
    }

    // MARK: Names before the plan

    private func former(_ table: Catalog.TableName) -> Catalog.TableName {
        for step in plan.steps {
            if case .renameTable(let old) = step.change, step.table == table { return old }
        }
        return table
    }

    private func former(_ column: String, of table: Catalog.TableName) -> String {
        for step in plan.steps where step.table == table {
            if case .renameColumn(let old, column) = step.change { return old }
        }
        return column
    }

    // MARK: Asking

    private func items(
        on table: Catalog.TableName, _ column: String?, blockingTypes: Bool = false
    ) async throws -> [Item] {
        var parameters = Parameters()
        try parameters.append(former(table).sql)
        try parameters.append(column.map { former($0, of: table) })
        let places = """
            SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS class, c.oid AS object, a.attnum::int4 AS part
            FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2::text
            WHERE c.oid = pg_catalog.to_regclass($1::text) AND (a.attnum IS NOT NULL OR $2::text IS NULL)
            UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, NULL FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_type t ON t.oid = c.reltype OR t.typelem = c.reltype AND t.typcategory = 'A'
            WHERE c.oid = pg_catalog.to_regclass($1::text) AND $2::text IS NULL AND c.reltype <> 0
            """
        let kinds =
            blockingTypes
            ? """
             AND (d.classid IN ('pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_trigger'::pg_catalog.regclass,
                'pg_catalog.pg_policy'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass,
                'pg_catalog.pg_publication_rel'::pg_catalog.regclass) OR e.attgenerated <> '' OR v.attgenerated <> '')
            """ : ""
        return try await items(places, kinds, parameters, areAllBlocking: blockingTypes)
    }

    private func items(onIndex name: String, of table: Catalog.TableName) async throws -> [Item] {
        var parameters = Parameters()
        try parameters.append(former(table).sql)
        try parameters.append(name)
        let places = """
            SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS class, i.indexrelid AS object, NULL::int4 AS part
            FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = pg_catalog.to_regclass($1::text) AND c.relname = $2::text
            UNION ALL SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, NULL FROM pg_catalog.pg_constraint k
            WHERE k.conrelid = pg_catalog.to_regclass($1::text) AND k.conname = $2::text
            """
        return try await items(places, " AND d.deptype = 'n'", parameters, areAllBlocking: true)
    }

    private func items(
        _ places: String, _ kinds: String, _ parameters: Parameters, areAllBlocking: Bool
    ) async throws -> [Item] {
        let rows = try await connection.execute(
            Statement(
                """
                WITH places AS (\(places))
                SELECT CASE WHEN w.rulename = '_RETURN'
                        THEN pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, w.ev_class, 0)
                        WHEN e.attgenerated <> '' THEN pg_catalog.pg_describe_object(
                            'pg_catalog.pg_class'::pg_catalog.regclass, e.attrelid, e.attnum)
                        ELSE pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) END,
                    -- A check of several columns depends on each in both ways, and goes with any.
                    bool_or(d.deptype = 'a'), n.nspname::text, t.relname::text, coalesce(k.conname, i.relname)::text
                FROM places p JOIN pg_catalog.pg_depend d ON d.refclassid = p.class AND d.refobjid = p.object
                    AND (p.part IS NULL OR d.refobjsubid = p.part)
                LEFT JOIN pg_catalog.pg_rewrite w ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND w.oid = d.objid
                LEFT JOIN pg_catalog.pg_attrdef f ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND f.oid = d.objid
                LEFT JOIN pg_catalog.pg_attribute e ON e.attrelid = f.adrelid AND e.attnum = f.adnum
                LEFT JOIN pg_catalog.pg_attribute v ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    AND d.objsubid > 0 AND v.attrelid = d.objid AND v.attnum = d.objsubid
                LEFT JOIN pg_catalog.pg_constraint k ON d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND k.oid = d.objid
                LEFT JOIN pg_catalog.pg_index x ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND x.indexrelid = d.objid
                LEFT JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
                LEFT JOIN pg_catalog.pg_trigger g ON d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND g.oid = d.objid
                LEFT JOIN pg_catalog.pg_class s ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND s.oid = d.objid
                LEFT JOIN pg_catalog.pg_class t ON t.oid = coalesce(k.conrelid, x.indrelid)
                LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
                WHERE d.deptype IN ('n', 'a')\(kinds)
                    AND coalesce(g.tgisinternal, false) = false AND coalesce(s.relkind, 'r') <> 'S'
                    AND NOT (f.oid IS NOT NULL AND e.attgenerated = '' AND f.adrelid = d.refobjid)
                    -- What is a table's own goes with it.
                    AND NOT (p.part IS NULL AND coalesce(coalesce(k.conrelid, x.indrelid, g.tgrelid, f.adrelid) = p.object, false))
                    AND NOT (p.part IS NULL AND d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass)
                    AND NOT (d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass)
                GROUP BY 1, 3, 4, 5 ORDER BY 1
                """, parameters, preparation: .unnamed))
        return try (0..<rows.count).map { row in
            var part: DesiredTables.ColumnPlace?
            if let schema = try rows.decode(String?.self, row: row, column: 2),
                let table = try rows.decode(String?.self, row: row, column: 3),
                let name = try rows.decode(String?.self, row: row, column: 4)
            {
                part = .init(table: .init(schema, table), column: name)
            }
            return Item(
                text: try rows.decode(String.self, row: row, column: 0),
                isAutomatic: try rows.decode(Bool.self, row: row, column: 1) && !areAllBlocking, part: part)
        }
    }
}
