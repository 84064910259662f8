// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How a connection is encrypted and whom it trusts.
///
/// ```swift
/// configuration.tls.mode = .verifyFull
/// configuration.tls.rootCertificate = "/etc/kinship/ca.pem"
/// ```
public struct TLS: Sendable {
    /// libpq's `sslmode`.
    public enum Mode: String, Sendable, CaseIterable {
        /// Never encrypted.
        case disable
        /// Encrypted only when the server insists.
        case allow
        /// Encrypted when the server offers it; anybody on the way can take that away.
        case prefer
        /// Always encrypted, without looking at the certificate (unless a root certificate is given).
        case require
        /// Always encrypted, with a certificate of a trusted authority.
        case verifyCA = "verify-ca"
        /// Always encrypted, with a certificate of a trusted authority for the host's name.
        case verifyFull = "verify-full"
    }

    /// How the connection is encrypted.
    ///
    /// nil is ``Mode/verifyFull``, and ``Mode/prefer`` when every host is local (``Host/isLocal``). Hosts and modes from a
    /// service file count exactly like those from a URL.
    public var mode: Mode?
    /// A file of trusted certificates (PEM), or `system` for the operating system's.
    ///
    /// nil is `~/.postgresql/root.crt` when it exists, else the operating system's.
    public var rootCertificate: String?
    /// The client's certificate file.
    public var certificate: String?
    /// The client's private key file.
    public var key: String?
    /// The passphrase of ``key``.
    public var keyPassword: Password?

    /// The defaults.
    public init(mode: Mode? = nil, rootCertificate: String? = nil) {
        self.mode = mode
        self.rootCertificate = rootCertificate
    }
}
