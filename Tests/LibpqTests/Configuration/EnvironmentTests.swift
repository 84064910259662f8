// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Testing

@testable import Libpq

/// Environment, service files, `.pgpass` and what they mean together.
struct EnvironmentTests {
    @Test func variables() throws {
        let configuration = try ConnectionConfiguration(environment: [
            "PGHOST": "a,b", "PGPORT": "5433", "PGUSER": "ada", "PGPASSWORD": "secret", "PGDATABASE": "shop",
            "PGAPPNAME": "till", "PGSSLMODE": "require", "PGTARGETSESSIONATTRS": "primary", "PGCONNECT_TIMEOUT": "4",
            "PGOPTIONS": "-c geqo=off", "PGPASSFILE": "/p", "PGCHANNELBINDING": "disable", "PGGSSENCMODE": "disable",
        ])
        #expect(configuration.hosts == [Host("a", port: 5433), Host("b", port: 5433)])
        #expect(configuration.user == "ada" && configuration.database == "shop")
        #expect(configuration.password == Password("secret"))
        #expect(configuration.targetSessionAttributes == .primary)
        #expect(configuration.connectTimeout == .seconds(4))
        let keywords = try configuration.dictionary
        #expect(keywords["sslmode"] == "require" && keywords["application_name"] == "till")
        #expect(keywords["passfile"] == "/p" && keywords["options"] == "-c geqo=off")
        #expect(keywords["channel_binding"] == "disable" && keywords["gssencmode"] == "disable")
    }

    @Test func urlBeforeVariables() throws {
        let configuration = try ConnectionConfiguration(
            url: "postgres://grace@h/d", environment: ["PGUSER": "ada", "PGDATABASE": "x", "PGPASSWORD": "p"])
        #expect(configuration.user == "grace" && configuration.database == "d")
        #expect(configuration.password == Password("p"))
    }

    @Test func errorsNameTheVariable() throws {
        let port = #expect(throws: PostgresError.self) { try ConnectionConfiguration(environment: ["PGPORT": "x"]) }
        #expect(port?.message.contains("PGPORT") == true)
        let mode = #expect(throws: PostgresError.self) { try ConnectionConfiguration(environment: ["PGSSLMODE": "x"]) }
        #expect(mode?.message.contains("PGSSLMODE") == true)
    }

    @Test func oldRequireSSL() throws {
        #expect(try ConnectionConfiguration(environment: ["PGREQUIRESSL": "1"]).tls.mode == .require)
    }

    @Test func keywordsNewerThanTheLibrary() throws {
        var configuration = ConnectionConfiguration(hosts: [])
        configuration.parameters["oauth_issuer"] = "https://example.org"
        do {
            let keywords = try configuration.dictionary
            #expect(keywords["oauth_issuer"] != nil)
        } catch let error as PostgresError {
            #expect(error.message.contains("libpq 18"))
        }
    }

    // MARK: Service files

    @Test func services() throws {
        try withFile(
            """
            # services
            [other]
            host=wrong

            [shop]
            host = db.example.org
            port=5433
            user=clerk
            password=secret
            dbname=shop
            """
        ) { file in
            let environment = ["PGSERVICEFILE": file, "PGUSER": "ada", "PGDATABASE": "x", "PGAPPNAME": "till"]
            for configuration in [
                try ConnectionConfiguration(url: "postgres:///?service=shop", environment: environment),
                try ConnectionConfiguration(environment: environment.merging(["PGSERVICE": "shop"]) { $1 }),
            ] {
                // A service is stronger than variables, and its host decides about TLS.
                #expect(configuration.hosts == [Host("db.example.org", port: 5433)])
                #expect(configuration.user == "clerk" && configuration.database == "shop")
                #expect(configuration.password == Password("secret"))
                #expect(configuration.applicationName == "till")
                #expect(configuration.effectiveTLSMode == .verifyFull)
            }
            let mixed = try ConnectionConfiguration(
                url: "postgres://grace@localhost/?service=shop", environment: environment)
            #expect(mixed.user == "grace" && mixed.hosts == [Host("localhost", port: 5433)])
            #expect(mixed.effectiveTLSMode == .prefer)
        }
    }

    @Test(arguments: [
        ("[shop]\nhosts=x", "line 2"), ("[shop]\nhost", "line 2"), ("[shop]\nservice=x", "line 2"),
        ("[shop]\nldap://x", "LDAP"), ("[shops]\nhost=x", "[shop]"), ("", "[shop]"),
    ])
    func serviceErrors(text: String, expected: String) throws {
        try withFile(text) { file in
            let error = #expect(throws: PostgresError.self) {
                try ConnectionConfiguration(environment: ["PGSERVICE": "shop", "PGSERVICEFILE": file])
            }
            #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
        }
    }

    @Test func missingServiceFile() throws {
        let error = #expect(throws: PostgresError.self) {
            try ConnectionConfiguration(environment: ["PGSERVICE": "shop", "PGSERVICEFILE": "/nowhere/at/all"])
        }
        #expect(error?.message.contains("/nowhere/at/all") == true)
    }

    // MARK: TLS

    @Test(arguments: [
        ("postgres://localhost", "prefer"), ("postgres://LOCALHOST", "prefer"), ("postgres://127.0.0.1", "prefer"),
        ("postgres://127.1.2.3", "prefer"), ("postgres://[::1]", "prefer"), ("postgres:///d", "prefer"),
        ("postgres://%2Ftmp", "prefer"), ("postgres://@/", "prefer"), ("postgres://db", "verify-full"),
        ("postgres://localhost,db", "verify-full"), ("postgres://127.0.0.1.example.org", "verify-full"),
        ("postgres://127.1", "verify-full"), ("postgres://localhost.example.org", "verify-full"),
        ("postgres://10.0.0.1", "verify-full"), ("postgres://localhost?hostaddr=10.0.0.1", "verify-full"),
        ("postgres://db?hostaddr=127.0.0.1", "prefer"), ("postgres://db?sslmode=disable", "disable"),
        ("postgres://db?ssl=true", "require"), ("postgres://localhost?sslrootcert=system", "verify-full"),
    ])
    func defaults(url: String, mode: String) throws {
        let configuration = try ConnectionConfiguration(url: url, environment: [:])
        #expect(configuration.effectiveTLSMode(process: [:]).rawValue == mode)
    }

    /// libpq takes the process's PGHOST when no host is given: it must not weaken TLS.
    @Test func hostsOfTheProcess() {
        let configuration = ConnectionConfiguration(hosts: [])
        #expect(configuration.effectiveTLSMode(process: ["PGHOST": "db"]) == .verifyFull)
        #expect(configuration.effectiveTLSMode(process: ["PGHOSTADDR": "10.0.0.1"]) == .verifyFull)
        #expect(configuration.effectiveTLSMode(process: ["PGHOST": "/tmp"]) == .prefer)
    }

    @Test func rootCertificates() throws {
        func root(
            _ given: String?, _ mode: TLS.Mode, _ version: Int32,
            files: Set<String> = ["/etc/ssl/certs/ca-certificates.crt"]
        ) throws -> String? {
            try TrustStore.rootCertificate(
                given: given, mode: mode, libraryVersion: version, environment: ["HOME": "/home/ada"],
                exists: files.contains)
        }
        let bundle = "/etc/ssl/certs/ca-certificates.crt"
        #expect(try root("/ca.pem", .verifyFull, 150000) == "/ca.pem")
        #expect(try root(nil, .verifyFull, 150000) == bundle)
        #expect(try root(nil, .verifyFull, 160000) == "system")
        #expect(try root("system", .verifyFull, 150000) == bundle)
        #expect(try root(nil, .verifyCA, 170000) == bundle)
        #expect(try root(nil, .require, 150000) == nil)
        #expect(try root(nil, .verifyFull, 170000, files: ["/home/ada/.postgresql/root.crt"]) == nil)
        let error = #expect(throws: PostgresError.self) { try root(nil, .verifyFull, 150000, files: []) }
        #expect(error?.message.contains("sslrootcert") == true)
    }

    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.path + "/kinship-service-\(UUID().uuidString)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        try body(file)
    }
}
