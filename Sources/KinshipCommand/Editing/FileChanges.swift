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

    /// How the files will differ, as `diff -u` shows it.
    func diff(_ style: Style) -> String {
        changes.map { change in
            TextDiff(from: change.old, to: change.new).text(
                of: MessageText.name(change.path), isNew: change.old == nil, style)
        }.joined()
    }

    /// What may go wrong: for tests.
    typealias Renaming = (_ from: String, _ to: String) -> CInt

    /// Writes them: each is made beside its name first, and gets the name when all of them are made. Where one can't have it, those that
    /// have are put back. Programs that write into the same folders wait for each other.
    ///
    /// - Throws: ``GeneratorError``: a file isn't what it was when it was read, or can't be written.
    func write(renaming move: Renaming = { rename($0, $1) }) throws(GeneratorError) {
        var places: [String] = []
        for change in changes { places.append(try FilePlace.path(of: change.path, isNew: change.old == nil)) }
        let locks = FolderLocks(of: places)
        defer { locks.release() }
        for (change, place) in zip(changes, places) {
            try Self.requireUnchanged(change, at: place, "Nothing was written.")
        }
        var made: [(beside: String, path: String, change: Change)] = []
        defer { for file in made { unlink(file.beside) } }
        for (change, place) in zip(changes, places) {
            made.append((try FilePlace.make(change.new, beside: place), place, change))
        }
        for (index, file) in made.enumerated() {
            do throws(GeneratorError) {
                // An editor knows of no lock, and the disk may have taken its time.
                try Self.requireUnchanged(file.change, at: file.path, "")
                guard move(file.beside, file.path) != 0 else { continue }
                throw GeneratorError(
                    .notWritten, file.change.path, "It can't be written: \(String(cString: strerror(errno))).",
                    remedy: "check the folder's rights and the disk")
            } catch {
                let stuck = made[..<index].filter { !Self.putBack($0.change.old, $0.path, move) }.map(\.change.path)
                let rest =
                    stuck.isEmpty
                    ? "Nothing was written." : "\(stuck.joined(separator: ", ")) can't be put back as it was."
                throw GeneratorError(error.code, error.subject, "\(error.message) \(rest)", remedy: error.remedy)
            }
        }
    }

    private static func requireUnchanged(
        _ change: Change, at path: String, _ rest: String
    ) throws(GeneratorError) {
        let contents = FileManager.default.contents(atPath: path).map { Array($0) }
        // What can't be read is there all the same.
        if contents == change.old, (contents != nil) == FileManager.default.fileExists(atPath: path) { return }
        throw GeneratorError(
            .fileChanged, change.path,
            "It was changed while this was going on." + (rest.isEmpty ? "" : " " + rest),
            remedy: "do it again, on the file as it is now")
    }

    /// Whether a file is what it was.
    private static func putBack(_ old: [UInt8]?, _ path: String, _ move: Renaming) -> Bool {
        guard let old else { return unlink(path) == 0 }
        guard let beside = try? FilePlace.make(old, beside: path) else { return false }
        defer { unlink(beside) }
        return move(beside, path) == 0
    }
}
