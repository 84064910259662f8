// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import EmbeddedPostgres
public import Kinship

extension EmbeddedPostgresError.Code {
    /// Without a server nothing can be done.
    var kind: ErrorReport.Kind { .init(rawValue, 503, .connection) }
}

extension EmbeddedPostgresError: ReportableError {
    /// Its code and message.
    public var report: ErrorReport { ErrorReport(code.kind, message) }
}
