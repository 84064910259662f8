// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import MessageText

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Files that are written together: all of them, or none.
struct FileChanges {
    /// A file and what it is to hold.
    struct Change {
        var path: String
        /// What it held when it was read; nil for a new file.
        var old: [UInt8]?
        var new: [UInt8]
    }

    var changes: [Change] = []

    /// What may go wrong: for tests.
    typealias Renaming = (_ from: String, _ to: String) -> CInt

    /// Writes them: each is made beside its name first, and gets the name when all of them are made. Where one can't have it, those that
    /// have are put back.
    ///
    /// - Throws: ``GeneratorError``: a file isn't what it was when it was read, or can't be written.
    func write(renaming move: Renaming = { rename($0, $1) }) throws(GeneratorError) {
        var made: [(beside: String, path: String, change: Change)] = []
        defer { for file in made { unlink(file.beside) } }
        for change in changes {
            // The file that a link leads to is written, and not the link.
            let path = URL(fileURLWithPath: change.path).resolvingSymlinksInPath().path
            guard FileManager.default.contents(atPath: path).map({ Array($0) }) == change.old else {
                throw GeneratorError(
                    .fileChanged, change.path, "It was changed while this was going on. Nothing was written.",
                    remedy: "do it again, on the file as it is now")
            }
            made.append((try Self.make(change.new, beside: path), path, change))
        }
        for (index, file) in made.enumerated() where move(file.beside, file.path) != 0 {
            let reason = String(cString: strerror(errno))
            let stuck = made[..<index].filter { !Self.putBack($0.change.old, $0.path, move) }.map(\.change.path)
            let rest =
                stuck.isEmpty
                ? "Nothing was written." : "\(stuck.joined(separator: ", ")) can't be put back as it was."
            throw GeneratorError(
                .notWritten, file.change.path, "It can't be written: \(reason). \(rest)",
                remedy: "check the folder's rights and the disk")
        }
    }

    /// A new file beside a path, with the rights of the one that is there.
    private static func make(_ bytes: [UInt8], beside path: String) throws(GeneratorError) -> String {
        let url = URL(fileURLWithPath: path)
        let name = ".\(url.lastPathComponent).\(UUID().uuidString.prefix(8))"
        let beside = url.deletingLastPathComponent().appendingPathComponent(name).path
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(fileURLWithPath: beside), options: .withoutOverwriting)
            if let rights = try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] {
                try FileManager.default.setAttributes([.posixPermissions: rights], ofItemAtPath: beside)
            }
            // A name that leads to nothing after a power cut is worse than waiting for the disk.
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: beside))
            try handle.synchronize()
            try handle.close()
        } catch {
            unlink(beside)
            throw GeneratorError(
                .notWritten, path, "It can't be written: \(error.localizedDescription). Nothing was written.",
                remedy: "check the folder's rights and the disk")
        }
        return beside
    }

    /// Whether a file is what it was.
    private static func putBack(_ old: [UInt8]?, _ path: String, _ move: Renaming) -> Bool {
        guard let old else { return unlink(path) == 0 }
        guard let beside = try? make(old, beside: path) else { return false }
        defer { unlink(beside) }
        return move(beside, path) == 0
    }
}
