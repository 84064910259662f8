// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// How the databases of the tests are made: as most are, or as unlike that as PostgreSQL allows.
///
/// `KINSHIP_TEST_CLUSTER=foreign make test` runs tests with the latter.
public enum TestCluster: String, Sendable, CaseIterable {
    /// UTF8, `C.UTF-8`, UTC, everything else by default.
    case usual
    /// Texts are ordered by a language's rules, and values as text look like nothing that anybody expects.
    case foreign

    /// What the environment asks for.
    public static let current =
        ProcessInfo.processInfo.environment["KINSHIP_TEST_CLUSTER"].flatMap(TestCluster.init(rawValue:)) ?? .usual

    /// Encoding and locale for `CREATE DATABASE`.
    public var locale: String {
        switch self {
        case .usual: "ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        case .foreign: "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'"
        }
    }

    /// What each database is set to.
    public var settings: [String] {
        switch self {
        case .usual: ["timezone TO 'UTC'"]
        case .foreign:
            [
                "timezone TO 'Asia/Kathmandu'", "datestyle TO 'SQL, DMY'", "intervalstyle TO 'sql_standard'",
                "extra_float_digits TO 0", "bytea_output TO 'escape'", "lc_monetary TO 'C'",
                "array_nulls TO 'off'", "xmloption TO 'document'",
                "search_path TO '$user', public, pg_catalog",
            ]
        }
    }
}
