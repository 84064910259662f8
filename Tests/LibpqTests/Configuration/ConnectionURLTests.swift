// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Libpq
import Testing

/// The URL form: every part, percent-encoding, lists of hosts; and errors that never give a password away.
struct ConnectionURLTests {
    private func parse(_ url: String, _ environment: [String: String] = [:]) throws -> ConnectionConfiguration {
        try ConnectionConfiguration(url: url, environment: environment)
    }

    private func failure(_ url: String, _ environment: [String: String] = [:]) -> PostgresError? {
        #expect(throws: PostgresError.self) { try parse(url, environment) }
    }

    @Test func allParts() throws {
        let configuration = try parse("postgres://ada:s%65cret@db.example.org:5433/shop?application_name=till%201")
        #expect(configuration.hosts == [Host("db.example.org", port: 5433)])
        #expect(configuration.user == "ada")
        #expect(configuration.password == Password("secret"))
        #expect(configuration.database == "shop")
        #expect(configuration.applicationName == "till 1")
    }

    @Test func nothing() throws {
        let configuration = try parse("postgresql://")
        #expect(configuration.hosts.isEmpty && configuration.user == nil && configuration.database == nil)
        #expect(configuration.password == nil)
    }

    @Test func severalHosts() throws {
        let configuration = try parse("postgres://u@a:1,b,[2001:db8::1]:3,%2Fvar%2Frun/db")
        #expect(
            configuration.hosts == [Host("a", port: 1), Host("b"), Host("2001:db8::1", port: 3), Host("/var/run")])
        let keywords = try configuration.dictionary
        #expect(keywords["host"] == "a,b,2001:db8::1,/var/run")
        #expect(keywords["port"] == "1,,3,")
        #expect(keywords["sslmode"] == "verify-full")
    }

    @Test(arguments: [
        "postgres:///db?host=/tmp/s%20x", "postgres://%2Ftmp%2Fs%20x/db", "postgres://remote/db?host=/tmp/s x",
    ])
    func unixSockets(url: String) throws {
        let configuration = try parse(url)
        #expect(configuration.hosts == [Host("/tmp/s x")])
        #expect(configuration.database == "db")
        #expect(try configuration.dictionary["sslmode"] == "prefer")
    }

    @Test func hostsAsParameters() throws {
        let configuration = try parse("postgres:///db?host=a,b&hostaddr=10.0.0.1,10.0.0.2&port=6432")
        #expect(
            configuration.hosts == [
                Host("a", port: 6432, address: "10.0.0.1"), Host("b", port: 6432, address: "10.0.0.2"),
            ])
        #expect(try configuration.dictionary["hostaddr"] == "10.0.0.1,10.0.0.2")
    }

    @Test func unencodedAtInPassword() throws {
        let configuration = try parse("postgres://ada:p@ss:w@host/db")
        #expect(configuration.password == Password("p@ss:w"))
        #expect(configuration.hosts == [Host("host")])
    }

    @Test func typedParameters() throws {
        let configuration = try parse(
            "postgres://h/d?target_session_attrs=prefer-standby&channel_binding=require&connect_timeout=3"
                + "&sslmode=verify-ca&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem&sslpassword=kk&options=-c%20geqo%3Doff"
                + "&keepalives_idle=7&client_encoding=UTF8")
        #expect(configuration.targetSessionAttributes == .preferStandby)
        #expect(configuration.channelBinding == .require)
        #expect(configuration.connectTimeout == .seconds(3))
        #expect(configuration.tls.mode == .verifyCA)
        let keywords = try configuration.dictionary
        #expect(keywords["target_session_attrs"] == "prefer-standby")
        #expect(keywords["channel_binding"] == "require")
        #expect(
            keywords["sslrootcert"] == "/ca.pem" && keywords["sslcert"] == "/c.pem" && keywords["sslkey"] == "/k.pem")
        #expect(keywords["sslpassword"] == "kk")
        #expect(keywords["options"] == "-c geqo=off")
        #expect(keywords["client_encoding"] == "UTF8")
        // Half-open connections are noticed: probes as well as the user timeout.
        #expect(keywords["keepalives"] == "1" && keywords["keepalives_idle"] == "7")
        #expect(keywords["keepalives_interval"] == "5" && keywords["keepalives_count"] == "3")
        #expect(keywords["tcp_user_timeout"] == "30000")
        // libpq's own is ignored by its non-blocking calls; ours is a deadline of the connection.
        #expect(keywords["connect_timeout"] == nil)
    }

    @Test func noKeepAlive() throws {
        let keywords = try parse("postgres://h/d?keepalives=0").dictionary
        #expect(keywords["keepalives"] == "0" && keywords["tcp_user_timeout"] == nil)
        var configuration = ConnectionConfiguration(hosts: [])
        configuration.keepAlive?.userTimeout = .seconds(Int64.max)
        #expect(try configuration.dictionary["tcp_user_timeout"] == "86400000")
    }

    @Test func endlessConnectTimeout() throws {
        #expect(try parse("postgres://h/d?connect_timeout=0").connectTimeout == .seconds(86_400))
    }

    @Test(arguments: [
        ("mysql://u:secret@h/d", "postgres://"),
        ("host=h password=secret", "postgres://"),
        ("postgres://u:secret@h/d?sslmod=require", "\"sslmod\""),
        ("postgres://u:secret@h/d?sslmode=maybe", "verify-full"),
        ("postgres://u:secret@h/d?sslmode", "key=value"),
        ("postgres://u:secret@h/d?target_session_attrs=x", "read-write"),
        ("postgres://u:secret@h/d?channel_binding=x", "require"),
        ("postgres://u:secret@h/d?connect_timeout=soon", "connect_timeout"),
        ("postgres://u:secret@h/d?client_encoding=LATIN1", "UTF8"),
        ("postgres://u:secret@h:port/d", "65535"),
        ("postgres://u:secret@h:0/d", "65535"),
        ("postgres://u:secret@h:65536/d", "65535"),
        ("postgres://u:secret@h:1,i:2/d?port=1,2,3", "3 ports but 2 hosts"),
        ("postgres://u:secret@a,b/d?hostaddr=10.0.0.1", "2 hosts but 1 addresses"),
        ("postgres://u:secret@[::1/d", "host"),
        ("postgres://u:secret@[::1]x/d", "host"),
        ("postgres://u:secret%zz@h/d", "password"),
        ("postgres://u:secret%ff@h/d", "password"),
        ("postgres://u:secret%00@h/d", "NUL"),
        ("postgres://u:secret@h%00/d", "NUL"),
        ("postgres://u:secret@h/d%00", "NUL"),
        ("postgres://u:secret@h/d?application_name=a%00b", "NUL"),
        // Passwords that were not encoded: whatever piece they turn up in, it is not repeated.
        ("postgres://u:secret/secret@h/d", "%2F"),
        ("postgres://u:12/secret@h/d", "%2F"),
        ("postgres://u:12?secret=secret@h/d", "%3F"),
        ("postgres://u:12?secret@h/d", "%3F"),
        ("postgres://u:secret?x@h/d", "%3F"),
        ("postgres://u:secret#x/y@h/d", "%2F"),
        // Parameters without their question mark: a name that is shown would hold the password.
        ("postgres://u@h/d&password=secret", "/database?key=value"),
        ("postgres://u@h/d;password=secret", "/database?key=value"),
        ("postgres://u@h/d&sslmode=require&password=secret", "/database?key=value"),
        ("postgres://u@h;password=secret/d", "/database?key=value"),
        ("postgres://u@h:5432&password=secret", "/database?key=value"),
        ("postgres://h?user=u;password=secret", "key=value"),
        ("postgres://u@h?dbname=postgres%3A%2F%2Fu%3Asecret%40h%2Fd", "holds an address"),
        ("postgres://u@h?host=postgres%3A%2F%2Fu%3Asecret%40h%2Fd", "holds an address"),
        ("postgres://u@h?dbname=host%3Dh%20password%3Dsecret", "holds an address"),
        ("postgres://h?service=postgres%3A%2F%2Fu%3Asecret%40h", "is an address"),
    ])
    func errors(url: String, expected: String) throws {
        let error = try #require(failure(url))
        #expect(error.code == .invalidConfiguration)
        #expect(error.message.contains(expected), "\(error.message)")
        #expect(!"\(error)".contains("secret"), "\(error.message)")
    }

    @Test func namesWithSignsArePossible() throws {
        #expect(try parse("postgres://u@h/a%26b%3Dc").database == "a&b=c")
        #expect(try parse("postgres://u@h/a&b").database == "a&b")
        #expect(try parse("postgres://u@h/a=b").database == "a=b")
    }

    @Test(arguments: ["PGDATABASE", "PGHOST", "PGUSER", "PGSERVICE"])
    func anAddressInAVariableForANameIsNotRepeated(variable: String) throws {
        for value in ["postgres://u:secret@h/d", "host=h password=secret"] {
            let error = #expect(throws: PostgresError.self) {
                try ConnectionConfiguration(environment: [variable: value])
            }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.contains("secret") == false && error?.message.contains(variable) == true)
        }
    }

    @Test func propertiesAreCheckedToo() throws {
        var configuration = ConnectionConfiguration(hosts: [Host("a,b")])
        #expect(throws: PostgresError.self) { try configuration.keywords() }
        configuration.hosts = [Host("a", port: 70_000)]
        #expect(throws: PostgresError.self) { try configuration.keywords() }
        configuration.hosts = [Host("a")]
        configuration.database = "x\0y"
        #expect(throws: PostgresError.self) { try configuration.keywords() }
        configuration.database = "x"
        configuration.parameters = ["dbname": "y"]
        #expect(throws: PostgresError.self) { try configuration.keywords() }
        configuration.parameters = ["no_such": "y"]
        let error = #expect(throws: PostgresError.self) { try configuration.keywords() }
        #expect(error?.message.contains("no_such") == true)
    }

    @Test func passwordsAreNeverShown() throws {
        var configuration = try parse("postgres://ada:hunter2@h:5433,[::1]/d%20b?sslpassword=hunter2&sslmode=require")
        configuration.secrets["scram_client_key"] = "hunter2"
        var dumped = ""
        dump(configuration, to: &dumped)
        var password = ""
        dump(Password("hunter2"), to: &password)
        var mirrored = ""
        for child in Mirror(reflecting: configuration).children { dump(child.value, to: &mirrored) }
        for text in [
            "\(configuration)", String(reflecting: configuration), dumped, password, mirrored,
            "\(Password("hunter2"))", String(reflecting: Password("hunter2")), "\([Password("hunter2")])",
            "\(String(describing: configuration.password))",
        ] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("***"))
        }
        #expect(configuration.description == "postgres://ada:***@h:5433,[::1]/d%20b?sslmode=require")
    }
}

extension ConnectionConfiguration {
    /// The keywords for libpq, each of which may be given once.
    var dictionary: [String: String] {
        get throws {
            Dictionary(try keywords().map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first + "!" })
        }
    }
}
