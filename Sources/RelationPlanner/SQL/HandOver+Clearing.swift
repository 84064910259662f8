// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Plan {
    /// A statement that empties the settings which statements of a wave hand keys over in, and gives no rows; nil where none does.
    ///
    /// In a caller's transaction these settings outlive the tree. Emptied they are as good as not there: whoever looks for keys
    /// that were not handed over to it fails (see ``HandOver``), instead of taking those of an earlier tree.
    package func clearing(_ wave: [Fetch.ID]) -> String? {
        var settings: [String] = []
        for id in wave where fetches[id].passing == .handedOver {
            for part in 0..<(fetches[id].keys.first?.columns.count ?? 0) {
                settings.append("pg_catalog.set_config('\(HandOver.setting(of: id))_\(part + 1)', '', true)")
            }
        }
        return settings.isEmpty
            ? nil : "SELECT 1 WHERE pg_catalog.concat(\(settings.joined(separator: ", "))) IS NULL"
    }
}
