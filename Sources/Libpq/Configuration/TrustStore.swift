// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The certificates the operating system trusts.
enum TrustStore {
    /// Where distributions keep the bundle: Debian, Fedora, SUSE, Alpine and macOS, Homebrew's OpenSSL.
    static let bundles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem", "/opt/homebrew/etc/openssl@3/cert.pem", "/usr/local/etc/openssl@3/cert.pem",
    ]

    /// What to give libpq as `sslrootcert` for a mode that verifies, nil for its own default.
    static func rootCertificate(
        given: String?, mode: TLS.Mode, libraryVersion: Int32 = PQlibVersion(),
        environment: [String: String] = ProcessInfo.processInfo.environment,
        exists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
    ) throws -> String? {
        if let given, given != "system" { return given }
        guard mode == .verifyCA || mode == .verifyFull || given == "system" else { return nil }
        if given == nil, let home = environment["HOME"], exists(home + "/.postgresql/root.crt") { return nil }
        // libpq refuses `system` for modes that don't look at the host's name: any public authority would do.
        if libraryVersion >= 160000, mode == .verifyFull { return "system" }
        if let bundle = ([environment["SSL_CERT_FILE"]].compactMap { $0 } + bundles).first(where: exists) {
            return bundle
        }
        throw PostgresError(
            .invalidConfiguration,
            "No trusted certificates were found for sslmode=\(mode.rawValue); install the package ca-certificates, or give "
                + "the server's authority with sslrootcert=/path/to/ca.pem.")
    }
}
