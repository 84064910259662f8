// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// A folder that generated files are kept in, beside those that people write.
///
/// ```swift
/// let folder = GeneratedFolder("Sources/Shop/Models")
/// let changes = try folder.changes(to: SwiftGenerator(schema).files())
/// try folder.apply(changes)
/// ```
///
/// Only files that were generated and are as they were generated are written over, or taken away when their model is gone.
public struct GeneratedFolder: Sendable {
    /// Where it is.
    public let path: String

    /// What becomes of a file.
    public enum Fate: String, Sendable, Hashable {
        /// It isn't there yet.
        case made
        /// It says something else.
        case changed
        /// It says the same.
        case unchanged
        /// Nothing is generated for it any more.
        case removed
        /// A person changed it, or it wasn't generated: it is left alone.
        case protected
    }

    /// What becomes of one file of the folder.
    public struct Change: Sendable, Hashable {
        /// The file's name.
        public let name: String
        /// What becomes of it.
        public let fate: Fate
        /// What it shall hold; nil for one that is to go.
        let text: String?
    }

    /// A folder, which may be there or not.
    public init(_ path: String) { self.path = path }

    /// What is to be done for the folder to hold these files, by their names.
    ///
    /// - Parameter force: also what people changed is written over.
    /// - Throws: an error of Foundation's for a folder or file that can't be read.
    public func changes(to files: [GeneratedFile], force: Bool = false) throws -> [Change] {
        var changes: [Change] = []
        let names = try names()
        for file in files {
            guard names.contains(file.name) else {
                changes.append(Change(name: file.name, fate: .made, text: file.text))
                continue
            }
            let text = try contents(of: file.name)
            let fate: Fate =
                if FileHead.isSame(text, file.text) { .unchanged } else if force || FileHead.state(of: text) == .intact
                { .changed } else { .protected }
            changes.append(Change(name: file.name, fate: fate, text: file.text))
        }
        let wanted = Set(files.map(\.name))
        for name in names.sorted() where !wanted.contains(name) && !name.contains("+") {
            let state = FileHead.state(of: try contents(of: name))
            if state == .foreign { continue }
            changes.append(Change(name: name, fate: state == .intact || force ? .removed : .protected, text: nil))
        }
        return changes
    }

    /// Does what is to be done; what is protected stays as it is.
    ///
    /// - Throws: an error of Foundation's for a file that can't be written. Those before it are; each is whole or as it was.
    public func apply(_ changes: [Change]) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
        for change in changes {
            let url = URL(fileURLWithPath: path).appendingPathComponent(change.name)
            switch change.fate {
            case .made, .changed: try Data((change.text ?? "").utf8).write(to: url, options: .atomic)
            case .removed: try manager.removeItem(at: url)
            case .unchanged, .protected: break
            }
        }
    }

    private func names() throws -> Set<String> {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return Set(try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".swift") })
    }

    private func contents(of name: String) throws -> String {
        let url = URL(fileURLWithPath: path).appendingPathComponent(name)
        // What isn't UTF-8 wasn't generated.
        return String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }
}
