// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension CatalogReader {
    /// The text search configurations, each by the name that the session finds it by, if it does, and by that with its schema.
    /// Asked before ``searchPath``, which is about to be another one.
    static let configurationsQuery = """
        SELECT CASE WHEN pg_catalog.pg_ts_config_is_visible(c.oid) THEN pg_catalog.format('%I', c.cfgname) END,
            pg_catalog.format('%I.%I', n.nspname, c.cfgname)
        FROM pg_catalog.pg_ts_config c
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.cfgnamespace
        """

    /// For the transaction that the pipeline is: unqualified operators and functions are the server's own whatever the
    /// session's `search_path` is, and `format_type` qualifies the names of all other types, so that they mean the same
    /// on every connection.
    ///
    /// And whether the database's collation is that of code points: the builtin provider's are, and of the C library's those
    /// called C; the bytes of an encoding in that order too.
    static let searchPath = """
        SELECT coalesce(to_jsonb(d) ->> 'datlocprovider' = 'b'
                OR coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') = 'c'
                    AND d.datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8', 'C.UTF8'), false)
            AND pg_catalog.pg_encoding_to_char(d.encoding) IN ('UTF8', 'LATIN1', 'SQL_ASCII')
        FROM pg_catalog.pg_database d, pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)
        WHERE d.datname = pg_catalog.current_database()
        """

    /// The tables that are asked about.
    private static let wanted = """
        wanted AS (
            SELECT DISTINCT c.oid, n.nspname, c.relname, c.relkind, c.reltuples, c.relpages, c.relrowsecurity
            FROM unnest($1::text[], $2::text[]) AS w(schema, name)
            JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
            JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
                AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        )
        """

    /// One row per wanted table.
    ///
    /// Citus's catalog exists only where Citus is, and a statement that names it fails elsewhere. `ts_stat` runs a text, so
    /// that the server itself can decide which, within the same round trip: it takes a query for text search vectors and
    /// returns their words, here one for each table of Citus.
    static let tablesQuery = """
        WITH \(wanted), citus AS (
            SELECT split_part(s.word, ' ', 1)::oid AS oid, split_part(s.word, ' ', 2) AS kind,
                substr(s.word, strpos(s.word, ' ') + 3) AS name
            FROM (SELECT CASE
                WHEN has_table_privilege(to_regclass('pg_catalog.pg_dist_partition'), 'SELECT') THEN
                    $query$SELECT array_to_tsvector(ARRAY[format('%s %s %s', p.logicalrelid::oid,
                        CASE WHEN p.partmethod <> 'n' THEN 'd' WHEN p.repmodel = 't' THEN 'r'
                            WHEN p.colocationid > 0 THEN 's' ELSE 'n' END,
                        CASE WHEN p.partmethod <> 'n' THEN column_to_column_name(p.logicalrelid, p.partkey) END)])
                    FROM pg_catalog.pg_dist_partition p$query$
                ELSE 'SELECT NULL::tsvector' END) AS q(text), ts_stat(q.text) AS s
        )
        SELECT w.nspname::text, w.relname::text, w.relkind::text, w.relrowsecurity, c.kind, c.name,
            -- -1 before the first VACUUM or ANALYZE, 0 of no pages before PostgreSQL 14. The rows of Citus's tables are
            -- elsewhere.
            CASE WHEN w.relkind <> 'v' AND w.reltuples >= 0 AND (w.reltuples > 0 OR w.relpages > 0)
                AND coalesce(c.kind, 'n') = 'n' THEN w.reltuples::float8 END,
            w.relkind <> 'p' AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = w.oid)
        FROM wanted w LEFT JOIN citus c ON c.oid = w.oid
        """

    /// The types whose values are decoded here: of all others the server says what it has for them.
    private static let decoded = ColumnType.builtIn.filter { !$0.isReadByServer }.map { String($0.oid) }
        .joined(separator: ", ")

    /// One row per column of the wanted tables, domains looked through to their base types.
    ///
    /// `format_type(oid, -1)` gives names that are safe in a cast: `bpchar`, not `character`, which would cut to one.
    /// The statistics are read by a text too (see ``tablesQuery``): servers exist where nobody may read the view.
    static let columnsQuery = """
        WITH RECURSIVE \(wanted), statistics AS (
            SELECT split_part(s.word, ' ', 1)::float8 AS number, split_part(s.word, ' ', 2)::float8 AS correlation,
                substr(s.word, length(split_part(s.word, ' ', 1)) + length(split_part(s.word, ' ', 2)) + 3) AS name
            FROM (SELECT CASE WHEN has_table_privilege('pg_catalog.pg_stats', 'SELECT') THEN
                (SELECT format($query$SELECT array_to_tsvector(ARRAY[
                        format('%%s %%s %%I.%%I.%%I', (array_agg(s.n_distinct ORDER BY s.inherited DESC))[1],
                            coalesce((array_agg(s.correlation ORDER BY s.inherited DESC))[1], 0), s.schemaname,
                            s.tablename, s.attname)])
                    FROM pg_catalog.pg_stats s WHERE (s.schemaname, s.tablename) IN (%s)
                    GROUP BY s.schemaname, s.tablename, s.attname$query$,
                    string_agg(format('(%L, %L)', w.nspname, w.relname), ', '))
                    FROM wanted w HAVING count(*) > 0)
                END) AS q(text), ts_stat(coalesce(q.text, 'SELECT NULL::tsvector')) AS s
        ), attributes AS (
            SELECT w.nspname, w.relname, a.attname, a.attnum, a.attnotnull, a.atttypid, a.atttypmod,
                a.attcollation, a.attidentity::text || a.attgenerated::text AS filled, w.reltuples,
                coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid),
                    pg_catalog.pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::pg_catalog.regclass)) AS filling
            FROM wanted w
            JOIN pg_catalog.pg_attribute a ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid AND t.typtype = 'd'
        ), bases AS (
            SELECT DISTINCT t.oid AS declared, t.oid, t.typtype, t.typbasetype, t.typtypmod, -1 AS modifier
            FROM attributes a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            UNION ALL
            SELECT b.declared, t.oid, t.typtype, t.typbasetype, t.typtypmod,
                CASE WHEN b.modifier >= 0 THEN b.modifier ELSE b.typtypmod END
            FROM bases b JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype
            WHERE b.typtype = 'd'
        ), elements AS (
            -- Of arrays only, not of what can be subscripted as well.
            SELECT b.declared, e.oid, e.typtype, e.typbasetype, e.typtype = 'd' AS hidden
            FROM bases b JOIN pg_catalog.pg_type t ON t.oid = b.oid
            JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid
            WHERE b.typtype <> 'd'
            UNION ALL
            SELECT e.declared, t.oid, t.typtype, t.typbasetype, e.hidden
            FROM elements e JOIN pg_catalog.pg_type t ON t.oid = e.typbasetype
            WHERE e.typtype = 'd'
        ), "values" AS (
            SELECT b.declared, b.oid, e.oid AS element, coalesce(e.hidden, false) AS hidden
            FROM bases b LEFT JOIN elements e ON e.declared = b.declared AND e.typtype <> 'd'
            WHERE b.typtype <> 'd'
        ), undecoded AS (
            -- What isn't an array of its element type is still one to operators if it is in the category of arrays.
            SELECT t.oid, CASE WHEN t.typcategory = 'A' THEN 'a' ELSE t.typtype END AS typtype FROM pg_catalog.pg_type t
            WHERE t.typtype <> 'e' AND t.oid NOT IN (\(decoded))
                AND t.oid IN (SELECT coalesce(v.element, v.oid) FROM "values" v)
        ), kin AS (
            -- What the server takes a value for when it looks for an operator.
            SELECT t.oid, t.oid AS type, 0 AS distance FROM undecoded t
            UNION ALL
            SELECT t.oid, k.casttarget, 1
            FROM undecoded t JOIN pg_catalog.pg_cast k
                ON k.castsource = t.oid AND k.castmethod = 'b' AND k.castcontext = 'i'
            UNION ALL
            SELECT t.oid,
                to_regtype(CASE t.typtype WHEN 'r' THEN 'anyrange' WHEN 'm' THEN 'anymultirange' WHEN 'a' THEN 'anyarray'
                    ELSE 'record' END), 2
            FROM undecoded t WHERE t.typtype IN ('r', 'm', 'c', 'a')
        ), operators AS (
            SELECT DISTINCT ON (k.oid, o.oprname) k.oid, o.oprname || ' ' || n.nspname AS name
            FROM kin k
            JOIN pg_catalog.pg_operator o ON o.oprleft = k.type AND o.oprright = k.type AND o.oprresult = 16
                AND o.oprname IN ('=', '<>', '<', '<=', '>', '>=', '~=', '@>', '<@', '&&', '>>=', '<<=',
                    '~~', '!~~', '~~*', '!~~*', '~', '~*')
            JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
            ORDER BY k.oid, o.oprname, k.distance
        ), features AS (
            SELECT t.oid, t.typtype::text AS form,
                ARRAY(SELECT o.name FROM operators o WHERE o.oid = t.oid) AS operators,
                ARRAY(SELECT DISTINCT m.amname::text FROM kin k
                    JOIN pg_catalog.pg_opclass o ON o.opcintype = k.type AND o.opcdefault
                    JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod
                    WHERE k.oid = t.oid AND m.amname IN ('btree', 'hash')) AS classes,
                -- The one for any record, of PostgreSQL 18, gives no value of the type.
                (SELECT n.nspname::text FROM kin k
                    JOIN pg_catalog.pg_proc p ON p.proname = 'max' AND p.prokind = 'a' AND p.pronargs = 1
                        AND p.proargtypes[0] = k.type AND k.type <> 'record'::regtype
                    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
                    WHERE k.oid = t.oid ORDER BY k.distance LIMIT 1) AS extremes,
                EXISTS (SELECT FROM pg_catalog.pg_cast k
                    WHERE k.castsource = t.oid AND k.casttarget = 'text'::regtype AND k.castmethod = 'f') AS texts
            FROM undecoded t
        )
        SELECT a.nspname::text, a.relname::text,
            -- A negative number is the share of the rows.
            CASE WHEN s.number > 0 THEN s.number WHEN s.number < 0 AND a.reltuples >= 0 THEN -s.number * a.reltuples END,
            a.attname::text, a.attnotnull, a.filled,
            t.oid::int8, pg_catalog.format_type(t.oid, -1), t.typarray::int8,
            (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid),
            coalesce(l.oid, 0)::int8, coalesce(pg_catalog.format_type(l.oid, -1), ''), coalesce(l.typarray, 0)::int8,
            (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = l.oid),
            CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE b.modifier END,
            (SELECT c.collisdeterministic FROM pg_catalog.pg_collation c WHERE c.oid = a.attcollation),
            l.oid IS NOT NULL, f.operators, f.classes, s.correlation, f.extremes, f.texts, f.form,
            v.hidden OR t.oid <> a.atttypid AND (l.oid IS NOT NULL OR t.typtype IN ('e', 'r', 'm', 'c')),
            a.filling
        FROM attributes a
        JOIN bases b ON b.declared = a.atttypid AND b.typtype <> 'd'
        JOIN "values" v ON v.declared = a.atttypid
        JOIN pg_catalog.pg_type t ON t.oid = v.oid
        LEFT JOIN pg_catalog.pg_type l ON l.oid = v.element
        LEFT JOIN features f ON f.oid = coalesce(v.element, v.oid)
        LEFT JOIN statistics s ON s.name = format('%I.%I.%I', a.nspname, a.relname, a.attname)
        ORDER BY a.nspname, a.relname, a.attnum
        """

    /// One row per valid index of the wanted tables, with its key columns (included ones left out) in order.
    static let indexesQuery = """
        WITH \(wanted)
        SELECT w.nspname::text, w.relname::text, x.relname::text, i.indisunique AND i.indimmediate, i.indisprimary,
            i.indpred IS NOT NULL, k.names, k.expressions, k.options, m.amname::text, k.collations, k.orders
        FROM wanted w
        JOIN pg_catalog.pg_index i ON i.indrelid = w.oid AND i.indisvalid AND i.indisready
        JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
        JOIN pg_catalog.pg_am m ON m.oid = x.relam
        CROSS JOIN LATERAL (
            SELECT array_agg(coalesce(a.attname::text, pg_get_indexdef(i.indexrelid, p.position, true))
                    ORDER BY p.position) AS names,
                array_agg(i.indkey[p.position - 1] = 0 ORDER BY p.position) AS expressions,
                array_agg(i.indoption[p.position - 1]::int4 ORDER BY p.position) AS options,
                array_agg(i.indcollation[p.position - 1] = coalesce(a.attcollation, i.indcollation[p.position - 1])
                    ORDER BY p.position) AS collations,
                array_agg(o.opcdefault ORDER BY p.position) AS orders
            FROM generate_series(1, i.indnkeyatts) AS p(position)
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p.position - 1]
                AND a.attnum > 0
            JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[p.position - 1]
        ) AS k
        ORDER BY 1, 2, 3
        """

    /// One row per foreign key of the wanted tables; those of periods, which point at no one row, left out.
    ///
    /// Every row keeps to one when it is validated and enforced, and when nothing keeps its triggers from firing: none of them
    /// is switched off, on any partition of either table; no subscription writes to one of these, for what it applies is not
    /// checked; nor does any session that begins as this one did, or as the database's settings have it, write as a replica.
    static let foreignKeysQuery = """
        WITH RECURSIVE \(wanted), keys AS (
            SELECT f.oid AS key, f.oid, f.conrelid, f.confrelid
            FROM wanted w JOIN pg_catalog.pg_constraint f ON f.conrelid = w.oid AND f.contype = 'f'
            UNION ALL
            SELECT k.key, p.oid, p.conrelid, p.confrelid
            FROM keys k JOIN pg_catalog.pg_constraint p ON p.conparentid = k.oid AND p.contype = 'f'
        ), broken AS (
            SELECT k.key FROM keys k
            JOIN pg_catalog.pg_trigger g ON g.tgconstraint = k.oid AND g.tgenabled NOT IN ('O', 'A')
            UNION
            SELECT k.key FROM keys k JOIN pg_catalog.pg_subscription_rel s ON s.srrelid IN (k.conrelid, k.confrelid)
        ), replica AS (
            SELECT current_setting('session_replication_role') = 'replica'
                OR EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s
                    WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database d
                        WHERE d.datname = current_database()))
                    AND 'session_replication_role=replica' = ANY (s.setconfig)) AS is
        )
        SELECT w.nspname::text, w.relname::text, f.conname::text, tn.nspname::text, t.relname::text,
            f.convalidated AND coalesce(to_jsonb(f) ->> 'conenforced', 'true') = 'true'
                AND NOT (SELECT r.is FROM replica r) AND f.oid NOT IN (SELECT b.key FROM broken b),
            f.condeferrable,
            ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY AS k(number, position)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number ORDER BY k.position),
            ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY AS k(number, position)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number ORDER BY k.position),
            f.condeferred
        FROM wanted w
        JOIN pg_catalog.pg_constraint f ON f.conrelid = w.oid AND f.contype = 'f'
            AND coalesce(to_jsonb(f) ->> 'conperiod', 'false') = 'false'
        JOIN pg_catalog.pg_class t ON t.oid = f.confrelid
        JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
        ORDER BY 1, 2, 3
        """

    /// One row per CHECK constraint of the wanted tables.
    static let checksQuery = """
        WITH \(wanted)
        SELECT w.nspname::text, w.relname::text, k.conname::text,
            ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS c(number, position)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number AND a.attnum > 0
                WHERE 0 <> ALL (k.conkey) ORDER BY c.position)
        FROM wanted w JOIN pg_catalog.pg_constraint k ON k.conrelid = w.oid AND k.contype = 'c'
        ORDER BY 1, 2, 3
        """
}
