// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import TestSupport

/// Changes tables under the statements that are prepared for them.
struct DefinitionNemesis: Nemesis {
    let world: World
    let faults: FaultLog

    var pause: ClosedRange<Int> { 50...500 }

    private static let changes = [
        "ALTER TABLE changing ADD COLUMN IF NOT EXISTS extra int4",
        "ALTER TABLE changing DROP COLUMN IF EXISTS extra",
        "ALTER TABLE changing ALTER COLUMN value TYPE int4",
        "ALTER TABLE changing ALTER COLUMN value TYPE int8",
        "CREATE INDEX IF NOT EXISTS changing_value ON changing (value)",
        "DROP INDEX IF EXISTS changing_value",
        "ALTER TABLE account ADD COLUMN IF NOT EXISTS remark text",
        "ALTER TABLE account DROP COLUMN IF EXISTS remark",
        "ANALYZE changing, account, entry",
    ]

    func strike(_ random: inout SeededRandom) async {
        let change = random.pick(Self.changes)
        await faults.during(.definition, on: Set(Lane.allCases)) {
            _ = try? await world.server.run("SET lock_timeout = '300ms'; \(change)")
        }
    }
}
