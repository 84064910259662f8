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

/// Where a file is written.
enum FilePlace {
    /// The file that a path leads to, as the system follows it: by every link, also one ahead of "..". The folder of a new one is made.
    ///
    /// - Throws: ``GeneratorError`` `NOT_WRITTEN`: it leads nowhere.
    static func path(of path: String, isNew: Bool) throws(GeneratorError) -> String {
        if let found = followed(path) { return found }
        // What isn't there any more is told as changed by whoever compares.
        guard isNew else { return path }
        var status = stat()
        guard lstat(path, &status) != 0 else { throw problem(path, ENOENT) }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard makeFolder(folder), let found = followed(folder) else { throw problem(path) }
        return (found == "/" ? "" : found) + "/" + path[(slash.map { path.index(after: $0) } ?? path.startIndex)...]
    }

    /// Makes a folder and those that it is in; false, with `errno`, where that can't be.
    private static func makeFolder(_ path: String) -> Bool {
        if mkdir(path, 0o777) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return false }
        return makeFolder(String(path[..<slash])) && (mkdir(path, 0o777) == 0 || errno == EEXIST)
    }

    private static func followed(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    /// A new file beside a path, with the owner and the rights of the one that is there as far as they can be given.
    ///
    /// - Throws: ``GeneratorError`` `NOT_WRITTEN`.
    static func make(_ bytes: [UInt8], beside path: String) throws(GeneratorError) -> String {
        let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        let beside = "\(folder)/.kinship-\(UUID().uuidString.prefix(8))"
        var status = stat()
        let isThere = stat(path, &status) == 0
        // Nobody reads it with more rights than the old one gives.
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isThere ? 0o600 : 0o666)
        guard descriptor >= 0 else { throw problem(path) }
        var isWhole = written(bytes, to: descriptor)
        if isThere {
            // Only the superuser gives files away; a group may be given by who is in it.
            if fchown(descriptor, status.st_uid, status.st_gid) != 0 {
                _ = fchown(descriptor, uid_t.max, status.st_gid)
            }
            isWhole = isWhole && fchmod(descriptor, status.st_mode & 0o7777) == 0
        }
        // A name that leads to nothing after a power cut is worse than waiting for the disk.
        isWhole = isWhole && fsync(descriptor) == 0
        let reason = errno
        close(descriptor)
        guard isWhole else {
            unlink(beside)
            throw problem(path, reason)
        }
        return beside
    }

    private static func written(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func problem(_ path: String, _ number: CInt = errno) -> GeneratorError {
        GeneratorError(
            .notWritten, path, "It can't be written: \(String(cString: strerror(number))). Nothing was written.",
            remedy: "check the folder's rights and the disk")
    }
}
