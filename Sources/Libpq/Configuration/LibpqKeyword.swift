// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What is known about one of libpq's keywords.
///
/// PostgreSQL documentation, "Parameter Key Words" and "Environment Variables" of libpq 10 to 18.
struct LibpqKeyword {
    /// The environment variable of the same meaning.
    var variable: String?
    /// The first libpq that knows it, as `PQlibVersion` counts.
    var since: Int32 = 0
    /// Whether the value is kept out of every description.
    var isSecret = false
    /// Whether the value may be a URL.
    var takesURL = false

    static let all: [String: LibpqKeyword] = [
        "host": .init(variable: "PGHOST"),
        "hostaddr": .init(variable: "PGHOSTADDR"),
        "port": .init(variable: "PGPORT"),
        "dbname": .init(variable: "PGDATABASE"),
        "user": .init(variable: "PGUSER"),
        "password": .init(variable: "PGPASSWORD", isSecret: true),
        "passfile": .init(variable: "PGPASSFILE"),
        "require_auth": .init(variable: "PGREQUIREAUTH", since: 160000),
        "channel_binding": .init(variable: "PGCHANNELBINDING", since: 130000),
        "connect_timeout": .init(variable: "PGCONNECT_TIMEOUT"),
        "client_encoding": .init(variable: "PGCLIENTENCODING"),
        "options": .init(variable: "PGOPTIONS", takesURL: true),
        "application_name": .init(variable: "PGAPPNAME"),
        "fallback_application_name": .init(),
        "keepalives": .init(),
        "keepalives_idle": .init(),
        "keepalives_interval": .init(),
        "keepalives_count": .init(),
        "tcp_user_timeout": .init(since: 120000),
        "gssencmode": .init(variable: "PGGSSENCMODE", since: 120000),
        "krbsrvname": .init(variable: "PGKRBSRVNAME"),
        "gsslib": .init(variable: "PGGSSLIB"),
        "gssdelegation": .init(variable: "PGGSSDELEGATION", since: 170000),
        "sslmode": .init(variable: "PGSSLMODE"),
        "sslnegotiation": .init(variable: "PGSSLNEGOTIATION", since: 170000),
        "sslcompression": .init(variable: "PGSSLCOMPRESSION"),
        "sslcert": .init(variable: "PGSSLCERT"),
        "sslkey": .init(variable: "PGSSLKEY"),
        "sslpassword": .init(since: 130000, isSecret: true),
        "sslcertmode": .init(variable: "PGSSLCERTMODE", since: 160000),
        "sslrootcert": .init(variable: "PGSSLROOTCERT"),
        "sslcrl": .init(variable: "PGSSLCRL"),
        "sslcrldir": .init(variable: "PGSSLCRLDIR", since: 140000),
        "sslsni": .init(variable: "PGSSLSNI", since: 140000),
        "sslkeylogfile": .init(since: 180000),
        "requirepeer": .init(variable: "PGREQUIREPEER"),
        "ssl_min_protocol_version": .init(variable: "PGSSLMINPROTOCOLVERSION", since: 130000),
        "ssl_max_protocol_version": .init(variable: "PGSSLMAXPROTOCOLVERSION", since: 130000),
        "min_protocol_version": .init(variable: "PGMINPROTOCOLVERSION", since: 180000),
        "max_protocol_version": .init(variable: "PGMAXPROTOCOLVERSION", since: 180000),
        "service": .init(variable: "PGSERVICE"),
        "target_session_attrs": .init(variable: "PGTARGETSESSIONATTRS"),
        // Since libpq 16, but done here.
        "load_balance_hosts": .init(variable: "PGLOADBALANCEHOSTS"),
        "scram_client_key": .init(since: 180000, isSecret: true),
        "scram_server_key": .init(since: 180000, isSecret: true),
        "oauth_issuer": .init(since: 180000, takesURL: true),
        "oauth_client_id": .init(since: 180000),
        "oauth_client_secret": .init(since: 180000, isSecret: true),
        "oauth_scope": .init(since: 180000),
    ]
}
