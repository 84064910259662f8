// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Digests

/// The triggers of one table that tell of its changes with NOTIFY: pure text.
///
/// They are of statements, not of rows: what a statement has changed is looked at as a whole, so that a thousand rows are one call of a
/// function, a new key is seen for what it is, and a statement that changes more than ``most`` rows is told as one gap.
package struct ChangeTrigger: Sendable, Hashable {
    /// The channel they tell on.
    package static let channel = "kinship_changes"
    /// How many rows of a statement are told one by one.
    package static let most = 1_000
    /// What the server takes for one notification, in bytes.
    private static let longest = 8_000
    /// What a name may have, in bytes; the server cuts off the rest.
    private static let longestName = 63

    private static let events = [
        ("insert", "REFERENCING NEW TABLE AS kinship_new"), ("delete", "REFERENCING OLD TABLE AS kinship_old"),
        ("update", "REFERENCING OLD TABLE AS kinship_old NEW TABLE AS kinship_new"), ("truncate", ""),
    ]

    /// The table's schema.
    package let schema: String
    /// The table.
    package let table: String
    /// The columns that are told: those of its key, and the one that says whose a row is; in a fixed order.
    package let columns: [String]

    package init(schema: String, table: String, columns: some Sequence<String>) {
        self.schema = schema
        self.table = table
        self.columns = Set(columns).sorted()
    }

    /// The names of the triggers.
    package static var names: [String] { events.map { "kinship_changes_\($0.0)" } }

    /// What makes them what they should be, whatever is there.
    package var installation: [String] {
        let function =
            "CREATE OR REPLACE FUNCTION \(name)() RETURNS trigger LANGUAGE plpgsql AS \(tag)\(body)\(tag)"
        // Who may make functions in the schema can have made one of this name, which stays theirs when it is replaced by somebody above.
        return [function, "ALTER FUNCTION \(name)() OWNER TO CURRENT_USER"]
            + Self.events.map { event, rows in
                let rows = rows.isEmpty ? "" : " " + rows
                return """
                    CREATE OR REPLACE TRIGGER kinship_changes_\(event) AFTER \(event.uppercased()) ON \(place)\(rows) \
                    FOR EACH STATEMENT EXECUTE FUNCTION \(name)()
                    """
            }
    }

    /// What takes them away.
    package var removal: [String] {
        Self.names.map { "DROP TRIGGER IF EXISTS \($0) ON \(place)" } + ["DROP FUNCTION IF EXISTS \(name)()"]
    }

    private var place: String { quoted(schema) + "." + quoted(table) }

    /// The function's name, in the table's schema: one for each table.
    private var name: String {
        var name = "kinship_changes_of_" + table
        if name.utf8.count > Self.longestName {
            // Cut off where a character ends.
            let digest = SHA256.digest(Array(table.utf8)).prefix(4).reduce(into: "_") { text, byte in
                text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            while name.utf8.count + digest.utf8.count > Self.longestName { name.unicodeScalars.removeLast() }
            name += digest
        }
        return quoted(schema) + "." + quoted(name)
    }

    /// The quotes around the function's body, which names of columns may not end.
    private var tag: String {
        var tag = "$kinship$"
        while body.contains(tag) { tag = "$k\(tag.dropFirst())" }
        return tag
    }

    private func key(_ row: String) -> String {
        let members = columns.map { "\(literal($0)), \(row).\(quoted($0))" }
        return "pg_catalog.jsonb_build_object(\(members.joined(separator: ", ")))"
    }

    /// The function's body, by which one of another version, or of other columns, is known.
    ///
    /// The server takes two notifications of a transaction that are the same for one. A record that is made, deleted and made again was
    /// not deleted last: of these two kinds each has its moment. A row that goes from one tenant to another has gone before it comes.
    /// A column that was renamed must not keep people from writing.
    package var body: String {
        func count(_ rows: String) -> String {
            "(SELECT pg_catalog.count(*) FROM (SELECT FROM \(rows) LIMIT \(Self.most + 1)) AS r) <= \(Self.most)"
        }
        func tell(_ source: String) -> String {
            """
                    PERFORM pg_catalog.pg_notify('\(Self.channel)', CASE
                            WHEN pg_catalog.octet_length(told.payload) < \(Self.longest) THEN told.payload ELSE gap END)
                        FROM (
                            SELECT pg_catalog.jsonb_build_array(tg_table_schema, tg_table_name, c.kind, c.key, CASE
                                    WHEN c.kind <> 'update' THEN pg_catalog.extract('epoch', pg_catalog.clock_timestamp())
                                END)::text AS payload
                            FROM \(source) AS c
                        ) AS told;
                    RETURN NULL;
            """
        }
        let updated = """
            (
                                SELECT CASE WHEN o.key IS NULL THEN 'create' WHEN n.key IS NULL THEN 'remove' ELSE 'update' END AS kind,
                                    coalesce(n.key, o.key) AS key
                                FROM (SELECT DISTINCT \(key("r")) AS key FROM kinship_old AS r) AS o
                                FULL JOIN (SELECT DISTINCT \(key("r")) AS key FROM kinship_new AS r) AS n ON n.key = o.key
                                ORDER BY 1 DESC
                            )
            """
        return """

            #variable_conflict use_variable
            DECLARE
                gap CONSTANT text := pg_catalog.jsonb_build_array(tg_table_schema, tg_table_name, 'gap')::text;
            BEGIN
                IF tg_op = 'INSERT' THEN
                    IF \(count("kinship_new")) THEN
            \(tell("(SELECT 'create' AS kind, \(key("r")) AS key FROM kinship_new AS r)"))
                    END IF;
                ELSIF tg_op = 'DELETE' THEN
                    IF \(count("kinship_old")) THEN
            \(tell("(SELECT 'remove' AS kind, \(key("r")) AS key FROM kinship_old AS r)"))
                    END IF;
                ELSIF tg_op = 'UPDATE' THEN
                    IF \(count("kinship_new")) THEN
            \(tell(updated))
                    END IF;
                END IF;
                PERFORM pg_catalog.pg_notify('\(Self.channel)', gap);
                RETURN NULL;
            EXCEPTION WHEN undefined_column THEN
                PERFORM pg_catalog.pg_notify('\(Self.channel)', gap);
                RETURN NULL;
            END
            """
    }
}
