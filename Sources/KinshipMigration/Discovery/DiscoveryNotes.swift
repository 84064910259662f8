// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a database says beyond its tables: views, enumerations, domains, comments.
public struct DiscoveryNotes: Sendable, Hashable {
    /// A view, materialized view or foreign table.
    public struct View: Sendable, Hashable {
        /// Its name.
        public var name: Catalog.TableName
        /// Its columns: name and type.
        public var columns: [TableCatalog.Column]
    }

    /// Something else that a table has.
    struct Other: Sendable, Hashable {
        var kind: DiscoveryLoss.Kind
        var table: Catalog.TableName
        var name: String?
        var detail: String?
    }

    /// What else tables have that models can't say.
    var others: [Other] = []
    /// Views in the order of their names.
    public var views: [View] = []
    /// The values of enumerations in their order, by the type as `format_type` writes it.
    public var enumerations: [String: [String]] = [:]
    /// The types that domains stand on.
    public var domains: [String: String] = [:]
    /// Comments by table.
    public var tableComments: [Catalog.TableName: String] = [:]
    /// Comments by table and column.
    public var columnComments: [DesiredTables.ColumnPlace: String] = [:]

    /// Nothing.
    public init() {}

    /// What ``statement`` gives.
    public init(_ json: JSONValue) {
        func texts(_ value: JSONValue?) -> [String] { value?.elements?.compactMap(\.text) ?? [] }
        func name(_ value: JSONValue) -> Catalog.TableName? {
            guard let schema = value["schema"]?.text, let name = value["name"]?.text else { return nil }
            return Catalog.TableName(schema, name)
        }
        for view in json["views"]?.elements ?? [] {
            guard let name = name(view) else { continue }
            let columns = (view["columns"]?.elements ?? []).compactMap { column -> TableCatalog.Column? in
                guard let name = column["name"]?.text, let type = column["type"]?.text else { return nil }
                return TableCatalog.Column(name, type)
            }
            views.append(View(name: name, columns: columns))
        }
        for item in json["enums"]?.elements ?? [] {
            if let type = item["type"]?.text { enumerations[type] = texts(item["values"]) }
        }
        for item in json["domains"]?.elements ?? [] {
            if let type = item["type"]?.text { domains[type] = item["base"]?.text }
        }
        for item in json["others"]?.elements ?? [] {
            guard let table = name(item),
                let kind = (item["kind"]?.text).flatMap({ DiscoveryLoss.Kind(rawValue: $0) })
            else { continue }
            others.append(Other(kind: kind, table: table, name: item["item"]?.text, detail: item["text"]?.text))
        }
        for item in json["comments"]?.elements ?? [] {
            guard let table = name(item), let text = item["text"]?.text else { continue }
            if let column = item["column"]?.text {
                columnComments[DesiredTables.ColumnPlace(table: table, column: column)] = text
            } else {
                tableComments[table] = text
            }
        }
    }

    /// Gives one row with one `text`: the JSON that ``init(_:)`` reads.
    public static let statement = """
        WITH relations AS MATERIALIZED (
            SELECT c.oid, n.nspname, c.relname, c.relkind FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname <> 'information_schema'
                AND n.nspname !~ '^pg_'
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'
                    AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass)
        )
        SELECT pg_catalog.json_build_object(
            'views', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('schema', r.nspname, 'name', r.relname,
                    'columns', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname,
                            'type', pg_catalog.format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
                        FROM pg_catalog.pg_attribute a WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped))
                    ORDER BY r.nspname, r.relname), '[]')
                FROM relations r WHERE r.relkind IN ('v', 'm', 'f')),
            'enums', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('type', pg_catalog.format_type(t.oid, NULL),
                    'values', (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e
                        WHERE e.enumtypid = t.oid))), '[]')
                FROM pg_catalog.pg_type t WHERE t.typtype = 'e'),
            'domains', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('type', pg_catalog.format_type(t.oid, NULL),
                    'base', pg_catalog.format_type(t.typbasetype, t.typtypmod))), '[]')
                FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
                WHERE t.typtype = 'd' AND n.nspname <> 'information_schema'),
            'others', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_strip_nulls(pg_catalog.to_json(o))
                    ORDER BY o.schema, o.name, o.kind, o.item, o.text), '[]')
                FROM (
                    SELECT 'exclusion' AS kind, r.nspname::text AS schema, r.relname::text AS name, k.conname::text AS item,
                        pg_catalog.pg_get_constraintdef(k.oid) AS text
                    FROM relations r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid AND k.contype = 'x'
                    UNION ALL SELECT 'trigger', r.nspname, r.relname, g.tgname, NULL
                    FROM relations r JOIN pg_catalog.pg_trigger g ON g.tgrelid = r.oid AND NOT g.tgisinternal
                    UNION ALL SELECT 'rule', r.nspname, r.relname, w.rulename, NULL
                    FROM relations r JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid AND w.rulename <> '_RETURN'
                    UNION ALL SELECT 'rowSecurity', r.nspname, r.relname, NULL, NULL
                    FROM relations r JOIN pg_catalog.pg_class c ON c.oid = r.oid AND c.relrowsecurity
                    UNION ALL SELECT 'inheritance', r.nspname, r.relname, NULL, p.relname
                    FROM relations r JOIN pg_catalog.pg_inherits i ON i.inhrelid = r.oid
                    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
                    UNION ALL SELECT CASE a.attgenerated WHEN 'v' THEN 'virtual' ELSE 'collation' END, r.nspname, r.relname,
                        a.attname, l.collname
                    FROM relations r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
                    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
                    LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation AND l.oid <> t.typcollation
                    WHERE a.attgenerated = 'v' OR l.oid IS NOT NULL
                    UNION ALL SELECT 'sequence', r.nspname, r.relname, a.attname,
                        pg_catalog.concat('from ', s.seqstart, ' by ', s.seqincrement, CASE WHEN s.seqcycle THEN ' and again' END)
                    FROM relations r JOIN pg_catalog.pg_depend d ON d.refobjid = r.oid AND d.deptype IN ('i', 'a')
                        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid
                    JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.refobjsubid
                    WHERE s.seqstart <> 1 OR s.seqincrement <> 1 OR s.seqcycle
                    UNION ALL SELECT DISTINCT 'function', r.nspname, r.relname, a.attname,
                        pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0)
                    FROM relations r JOIN pg_catalog.pg_attrdef f ON f.adrelid = r.oid
                    JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = f.adnum
                    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid
                        AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass) o),
            'comments', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('schema', r.nspname, 'name', r.relname,
                    'column', a.attname, 'text', d.description)), '[]')
                FROM relations r JOIN pg_catalog.pg_description d ON d.objoid = r.oid
                    AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
                LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.objsubid AND d.objsubid > 0)
        )::text
        """
}
