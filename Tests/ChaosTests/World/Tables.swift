// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What the tables of a run hold.
enum Tables {
    static let accounts: Int32 = 16
    static let entriesPerAccount: Int32 = 4
    static let items = 600
    static let changing = 50

    static let definition = """
        -- Without a key: a row that is there twice must be seen.
        CREATE TABLE ledger (token int8 NOT NULL, part int4 NOT NULL, account int4 NOT NULL, amount int8 NOT NULL);
        CREATE TABLE account (id int4 PRIMARY KEY, balance int8 NOT NULL) WITH (fillfactor = 50);
        CREATE TABLE entry (id int4 PRIMARY KEY, account_id int4 NOT NULL, amount int8 NOT NULL) WITH (fillfactor = 50);
        INSERT INTO account SELECT n, 0 FROM generate_series(1, \(accounts)) n;
        INSERT INTO entry SELECT n, (n - 1) / \(entriesPerAccount) + 1, 0
            FROM generate_series(1, \(accounts * entriesPerAccount)) n;
        CREATE INDEX ON entry (account_id);
        CREATE TABLE item (id int4 PRIMARY KEY, name text NOT NULL, checked int8 NOT NULL);
        INSERT INTO item SELECT n, 'item ' || n, (n::int8 * 48271 + 11) % 2147483647 FROM generate_series(1, \(items)) n;
        CREATE TABLE part (id int4 PRIMARY KEY, item_id int4 NOT NULL);
        INSERT INTO part SELECT n, (n + 1) / 2 FROM generate_series(1, \(items * 2)) n;
        CREATE INDEX ON part (item_id);
        CREATE TABLE changing (id int4 PRIMARY KEY, value int8 NOT NULL);
        INSERT INTO changing SELECT n, (n::int8 * 48271 + 11) % 2147483647 FROM generate_series(1, \(changing)) n;
        CREATE FUNCTION noisy(tag int8, many int4) RETURNS int8 LANGUAGE plpgsql AS $$
            BEGIN
                FOR n IN 1..many LOOP RAISE NOTICE 'notice % of %', n, tag; END LOOP;
                RETURN tag;
            END $$;
        ANALYZE;
        """
}
