// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The statement that reads a catalog.
public enum CatalogStatement {
    /// An expression that gives a domain `t` of `pg_type` as the JSON of ``DomainDefinition``.
    package static let domain = """
        pg_catalog.json_strip_nulls(pg_catalog.json_build_object('type', pg_catalog.format_type(t.typbasetype, t.typtypmod),
            'check', (SELECT pg_catalog.json_agg(pg_catalog.pg_get_expr(k.conbin, 0) ORDER BY k.conname)
                FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'),
            'dbDefault', pg_catalog.pg_get_expr(t.typdefaultbin, 0), 'nullable', CASE WHEN t.typnotnull THEN 'N' END))
        """

    /// Gives one row with one `text`: the JSON that ``TableCatalog/init(_:)`` reads, of all tables outside of the server's own schemas.
    ///
    /// Partitions, and tables of extensions, aren't in it.
    public static let text = """
        WITH settings AS MATERIALIZED (
            -- What backslashes are in the expressions that are read is the same in all sessions.
            SELECT pg_catalog.set_config('standard_conforming_strings', 'on', true)
        ), relations AS MATERIALIZED (
            SELECT c.oid, n.nspname, c.relname, c.relkind FROM settings, pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname <> 'information_schema'
                AND n.nspname !~ '^pg_'
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'
                    AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass)
        )
        SELECT pg_catalog.json_build_object(
            'schemas', (SELECT coalesce(pg_catalog.json_agg(nspname), '[]') FROM pg_catalog.pg_namespace),
            'views', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('schema', n.nspname, 'name', c.relname)),
                    '[]')
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'),
            'types', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_strip_nulls(pg_catalog.json_build_object(
                    'schema', n.nspname, 'name', t.typname,
                    'values', (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e
                        WHERE e.enumtypid = t.oid),
                    'domain', CASE t.typtype WHEN 'd' THEN \(domain) END))), '[]')
                FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
                LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
                WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND coalesce(c.relkind, 'c') = 'c'
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_type a WHERE a.typarray = t.oid)),
            'tables', coalesce((SELECT pg_catalog.json_object_agg(r.oid::text, pg_catalog.json_build_object(
                'schema', r.nspname, 'name', r.relname,
                'kind', CASE r.relkind WHEN 'p' THEN 'partitioned' ELSE 'table' END,
                'columns', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_strip_nulls(pg_catalog.json_build_object(
                        'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
                        'nullable', NOT a.attnotnull,
                        'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
                        'serial', CASE WHEN a.attidentity = '' AND EXISTS (SELECT FROM pg_catalog.pg_depend d
                            JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
                            WHERE d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype = 'a'
                                AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)
                            AND pg_catalog.pg_get_expr(e.adbin, e.adrelid) LIKE 'nextval(%' THEN true END,
                        'generated', CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(e.adbin, e.adrelid) END,
                        'default', CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(e.adbin, e.adrelid) END
                        )) ORDER BY a.attnum), '[]')
                    FROM pg_catalog.pg_attribute a
                    LEFT JOIN pg_catalog.pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
                    WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped),
                'primaryKey', (SELECT coalesce(pg_catalog.json_agg(a.attname ORDER BY k.position), '[]')
                    FROM pg_catalog.pg_constraint p, unnest(p.conkey) WITH ORDINALITY AS k(number, position)
                    JOIN pg_catalog.pg_attribute a ON a.attnum = k.number
                    WHERE p.conrelid = r.oid AND p.contype = 'p' AND a.attrelid = r.oid),
                'unique', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('name', u.conname,
                        'columns', (SELECT pg_catalog.json_agg(a.attname ORDER BY k.position)
                            FROM unnest(u.conkey) WITH ORDINALITY AS k(number, position)
                            JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.number),
                        'special', u.condeferrable OR i.indnatts > i.indnkeyatts OR c.reloptions IS NOT NULL
                            OR pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct' = 'true')
                        ORDER BY u.conname), '[]')
                    FROM pg_catalog.pg_constraint u JOIN pg_catalog.pg_index i ON i.indexrelid = u.conindid
                    JOIN pg_catalog.pg_class c ON c.oid = u.conindid
                    WHERE u.conrelid = r.oid AND u.contype = 'u'),
                'indexes', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_strip_nulls(pg_catalog.json_build_object(
                        'name', c.relname, 'unique', i.indisunique, 'invalid', NOT i.indisvalid, 'method', m.amname,
                        'where', pg_catalog.pg_get_expr(i.indpred, i.indrelid),
                        'columns', (SELECT pg_catalog.json_agg(
                                coalesce(a.attname::text, pg_catalog.pg_get_indexdef(i.indexrelid, k.position::int, true))
                                || CASE WHEN i.indoption[k.position - 1] & 1 = 1 THEN ' DESC' ELSE '' END
                                ORDER BY k.position)
                            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, position)
                            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.number
                            WHERE k.position <= i.indnkeyatts),
                        'expressions', (SELECT coalesce(pg_catalog.json_agg(
                                pg_catalog.pg_get_indexdef(i.indexrelid, k.position::int, true)), '[]')
                            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, position)
                            WHERE k.number = 0 AND k.position <= i.indnkeyatts),
                        'extended', nullif(i.indnatts > i.indnkeyatts OR c.reloptions IS NOT NULL OR c.reltablespace <> 0, false),
                        'special', nullif(EXISTS (SELECT FROM unnest(i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[],
                                i.indoption::int2[]) AS k(number, class, collated, ordering)
                            JOIN pg_catalog.pg_opclass o ON o.oid = k.class
                            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.number AND k.number <> 0
                            WHERE NOT o.opcdefault OR k.ordering NOT IN (0, 3) OR k.collated <> a.attcollation)
                            OR coalesce(pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct' = 'true', false), false),
                        -- A build shows its process to those who may see it; the lock that it holds shows it to all.
                        'builder', CASE WHEN NOT i.indisvalid THEN coalesce(
                            (SELECT min(p.pid) FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid),
                            (SELECT min(l.pid) FROM pg_catalog.pg_locks l
                                LEFT JOIN pg_catalog.pg_stat_activity s ON s.pid = l.pid
                                WHERE l.locktype = 'relation' AND l.relation = r.oid AND l.mode = 'ShareUpdateExclusiveLock'
                                    AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
                                    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d
                                        WHERE d.datname = pg_catalog.current_database())
                                    AND s.backend_type IS DISTINCT FROM 'autovacuum worker')) END
                        )) ORDER BY c.relname), '[]')
                    FROM pg_catalog.pg_index i
                    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                    JOIN pg_catalog.pg_am m ON m.oid = c.relam
                    WHERE i.indrelid = r.oid AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
                        WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x') AND k.conrelid = r.oid)),
                'foreignKeys', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('name', f.conname,
                        'columns', (SELECT pg_catalog.json_agg(a.attname ORDER BY k.position)
                            FROM unnest(f.conkey) WITH ORDINALITY AS k(number, position)
                            JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number),
                        'references', pg_catalog.json_build_object('schema', n.nspname, 'table', t.relname,
                            'columns', (SELECT pg_catalog.json_agg(a.attname ORDER BY k.position)
                                FROM unnest(f.confkey) WITH ORDINALITY AS k(number, position)
                                JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number)),
                        'onDelete', CASE f.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'
                            WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END,
                        'onUpdate', CASE f.confupdtype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'
                            WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END,
                        'notValid', NOT f.convalidated,
                        'special', f.condeferrable OR f.confmatchtype = 'f'
                            OR coalesce(pg_catalog.to_jsonb(f) ->> 'confdelsetcols', '') <> '') ORDER BY f.conname), '[]')
                    FROM pg_catalog.pg_constraint f
                    JOIN pg_catalog.pg_class t ON t.oid = f.confrelid
                    JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
                    WHERE f.conrelid = r.oid AND f.contype = 'f'),
                'checks', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('name', k.conname,
                        'expression', pg_catalog.pg_get_constraintdef(k.oid), 'notValid', NOT k.convalidated)
                        ORDER BY k.conname), '[]')
                    FROM pg_catalog.pg_constraint k WHERE k.conrelid = r.oid AND k.contype = 'c')
            )) FROM relations r), '{}'))::text
        """
}
