// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The folder that a project becomes: it is made beside its place, and has its name when all of it is written.
struct ImportedFolder {
    /// Where it shall be.
    let path: String
    /// Where it is made.
    let draft: String
    /// The folders above it that have to be made too, the outermost first.
    private let missing: [String]

    /// - Throws: ``Failure`` where something is there already, or the folder would lie in the project.
    init(_ target: String, from project: LoopBackProject) throws {
        let absolute = URL(fileURLWithPath: target).standardizedFileURL
        path = absolute.path
        let parent = absolute.deletingLastPathComponent()
        draft = parent.path + "/.\(absolute.lastPathComponent).\(UUID().uuidString.prefix(8)).part"
        missing = Self.missing(above: absolute)
        let source = Self.real(URL(fileURLWithPath: project.root)) + "/"
        guard !(Self.real(absolute) + "/").hasPrefix(source) else {
            throw Failure(
                .usage, "\"\(target)\" is in the project itself, which isn't changed.",
                remedy: "name a folder beside the project with --to")
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        let contents = try? FileManager.default.contentsOfDirectory(atPath: path)
        guard isFolder.boolValue, contents?.isEmpty == true else {
            throw Failure(
                .inputOutput, "\"\(target)\" is there already, and isn't an empty folder.",
                remedy: "name a folder that doesn't exist yet with --to, or empty it")
        }
    }

    private static func missing(above url: URL) -> [String] {
        var missing: [String] = []
        var folder = url.deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path) {
            missing.insert(folder.path, at: 0)
            folder.deleteLastPathComponent()
        }
        return missing
    }

    /// A path without links, as far as it exists.
    private static func real(_ url: URL) -> String {
        var url = url
        var rest: [String] = []
        while url.path != "/", !FileManager.default.fileExists(atPath: url.path) {
            rest.insert(url.lastPathComponent, at: 0)
            url.deleteLastPathComponent()
        }
        let found = url.resolvingSymlinksInPath().path
        return ([found == "/" ? "" : found] + rest).joined(separator: "/")
    }

    /// Makes the draft.
    func write(_ models: LoopBackModels, configuration: JSONValue, sources: [ImportedSource]) throws {
        do {
            try FileManager.default.createDirectory(atPath: draft + "/models", withIntermediateDirectories: true)
        } catch {
            throw failure(error.localizedDescription)
        }
        for file in models.files { try write(file.bytes, "models/" + file.newName) }
        var members: [JSONValue.Member] = [.init("_meta", ["sources": ["./models"]])]
        members += (configuration.members ?? []).filter { $0.key != "_meta" }
        try write(.object(members), "model-config.json")
        let own = sources.map { source in
            JSONValue.Member(
                source.name, ["name": .string(source.name), "connector": .string(source.connector)])
        }
        if !own.isEmpty { try write(.object(own), "datasources.json") }
    }

    private func write(_ json: JSONValue, _ name: String) throws {
        try write(PrettyJSON.format(Array(json.description.utf8), style: Style(isOn: false)) + [0x0A], name)
    }

    /// Writes a file of the draft.
    func write(_ bytes: [UInt8], _ name: String) throws {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(draft)/\(name)"))
        } catch {
            throw failure(error.localizedDescription)
        }
    }

    /// Gives the draft its name.
    func finish() throws {
        // Over a folder that is empty, too, and over nothing else: that is what rename does.
        guard rename(draft, path) != 0 else { return }
        let reason = String(cString: strerror(errno))
        discard()
        throw failure(reason)
    }

    /// Takes the draft away, and the folders that were made for it.
    func discard() {
        try? FileManager.default.removeItem(atPath: draft)
        // None that somebody else has put something into meanwhile.
        for folder in missing.reversed() { rmdir(folder) }
    }

    private func failure(_ reason: String) -> Failure {
        Failure(
            .inputOutput, "\"\(path)\" can't be written: \(reason)",
            remedy: "name a folder that you may write to with --to")
    }
}
