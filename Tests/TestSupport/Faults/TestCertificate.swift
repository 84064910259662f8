// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import Foundation

/// A certificate authority of a test's own and one certificate it signed, made with the `openssl` command.
public struct TestCertificate: Sendable {
    /// The file of the authority's certificate, for `sslrootcert`; removed when the process exits.
    public let authorityFile: String
    /// The server's certificate in PEM form.
    public let certificate: String
    /// Its key in PEM form.
    public let key: String

    /// Makes one for host names and addresses; 0 days make one that is already over.
    public static func make(names: [String], days: Int = 2) async throws -> TestCertificate {
        try await BlockingCall.run(on: .global()) { try makeBlocking(names: names, days: days) }
    }

    private static func makeBlocking(names: [String], days: Int) throws -> TestCertificate {
        let directory = Directory.shared.path + "/" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let alternatives = names.map { name in
            name.allSatisfy { $0.isNumber || $0 == "." || $0 == ":" } ? "IP:\(name)" : "DNS:\(name)"
        }.joined(separator: ",")
        try Data("subjectAltName=\(alternatives)\n".utf8).write(to: URL(fileURLWithPath: directory + "/names"))
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try openssl(
            ["req", "-x509"] + newKey
                + ["-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=Kinship test authority"],
            in: directory)
        try openssl(
            ["req", "-new"] + newKey + [
                "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=\(names.first ?? "x")",
            ],
            in: directory)
        try openssl(
            [
                "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out",
                "server.crt", "-days", "\(days)", "-extfile", "names",
            ], in: directory)
        return TestCertificate(
            authorityFile: directory + "/ca.crt",
            certificate: try String(contentsOfFile: directory + "/server.crt", encoding: .utf8),
            key: try String(contentsOfFile: directory + "/server.key", encoding: .utf8))
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private static func openssl(_ arguments: [String], in directory: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "openssl \(arguments.joined(separator: " ")): \(text)")
        }
    }

    /// One directory for the process, removed when it exits.
    private final class Directory: Sendable {
        static let shared = Directory()
        let path: String

        private init() {
            path = NSTemporaryDirectory() + "/kinship-certificates-" + UUID().uuidString
            atexit { try? FileManager.default.removeItem(atPath: Directory.shared.path) }
        }
    }
}
