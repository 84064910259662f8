// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Makes a directory that only we can enter, and refuses one that somebody else put there.
func makePrivateDirectory(_ path: String) throws(EmbeddedPostgresError) {
    do {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
        throw EmbeddedPostgresError(.fileSystem, "The directory \(path) can't be made: \(error.localizedDescription)")
    }
    var about = stat()
    // Not stat: a link in /tmp that leads to a directory of ours would pass.
    guard lstat(path, &about) == 0, about.st_uid == geteuid() else {
        throw EmbeddedPostgresError(.fileSystem, "The directory \(path) belongs to another user. Remove it.")
    }
}

/// Makes a new private directory with a short path; a socket's path may have no more than 103 bytes (107 on Linux).
func makeTemporaryDirectory(environment: [String: String]) throws(EmbeddedPostgresError) -> String {
    var parent = "/tmp"
    // As root the server runs as another user, who may not be able to enter our own temporary directory.
    if geteuid() != 0, let given = environment["TMPDIR"], given.hasPrefix("/"), given.utf8.count <= 60 {
        parent = given.hasSuffix("/") ? String(given.dropLast()) : given
    }
    var pattern = Array("\(parent)/kinship-XXXXXX".utf8CString)
    guard mkdtemp(&pattern) != nil else { throw fileError("No directory can be made in \(parent)") }
    return String(decoding: pattern.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// An error that ends with what errno says.
func fileError(_ what: String) -> EmbeddedPostgresError {
    EmbeddedPostgresError(.fileSystem, "\(what): \(String(cString: strerror(errno))).")
}

/// Writes a file that only we can read.
func writePrivateFile(_ path: String, _ text: String) throws(EmbeddedPostgresError) {
    guard
        FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    else { throw EmbeddedPostgresError(.fileSystem, "\(path) can't be written.") }
}
