// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Settings of libpq by keyword, each with the place it was read from.
struct Settings {
    struct Setting {
        var value: String
        /// `"port" in the URL`, `PGPORT`, `"port" in service "shop"`.
        var place: String
    }

    private(set) var all: [String: Setting] = [:]

    init() {}

    /// The `PG*` variables libpq knows, and `PGREQUIRESSL=1` in its old sense.
    init(environment: [String: String]) {
        for (key, keyword) in LibpqKeyword.all {
            guard let name = keyword.variable, let value = environment[name], !value.isEmpty else { continue }
            all[key] = Setting(value: value, place: name)
        }
        if all["sslmode"] == nil, environment["PGREQUIRESSL"] == "1" {
            all["sslmode"] = Setting(value: "require", place: "PGREQUIRESSL")
        }
    }

    subscript(key: String) -> String? { all[key]?.value }

    mutating func set(_ key: String, _ value: String, place: String) {
        all[key] = Setting(value: value, place: place)
    }

    /// Takes what is not yet given.
    mutating func fill(from weaker: Settings) {
        all.merge(weaker.all) { given, _ in given }
    }
}
