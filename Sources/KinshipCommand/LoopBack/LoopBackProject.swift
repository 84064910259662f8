// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

/// A LoopBack 3 project's folder. It is read and never changed, and none of its code is run.
struct LoopBackProject {
    /// The project's folder as it was named.
    let given: String
    /// The project's own folder, from the root of all files on.
    let root: String
    /// The folder that holds `model-config.json`.
    let server: String
    let folder: ApplicationFolder
    /// The environment whose settings count, as `NODE_ENV` names it.
    private let environment: String?
    /// Files that can't be read or are no JSON, each with its line.
    private(set) var problems: [String] = []

    /// - Throws: ``Failure`` where there is no such folder, or none of LoopBack's.
    init(_ path: String, environment: String?) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw Failure(
                .noInput, "There is no folder \"\(path)\".", remedy: "name the folder of the LoopBack 3 project")
        }
        // Whatever the folder is called, "." as well.
        guard let folder = ApplicationFolder(URL(fileURLWithPath: path).standardizedFileURL.path) else {
            throw Failure(
                .noInput,
                "The folder \"\(path)\" holds no LoopBack 3 project: there is neither server/model-config.json nor model-config.json in it.",
                remedy: "name the folder that \"server\" and \"common\" are in")
        }
        given = path
        self.folder = folder
        self.environment = environment
        server = folder.server
        let own = server as NSString
        root = own.lastPathComponent == "server" ? own.deletingLastPathComponent : server
    }

    /// A path as the report shows it: from the project's folder on.
    func relative(_ path: String) -> String {
        let prefix = root.hasSuffix("/") ? root : root + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    }

    // MARK: Settings

    /// One kind of settings, as LoopBack puts it together of several files.
    struct Settings {
        var json: JSONValue?
        /// The files that it is of, the later ones winning.
        var files: [String] = []
        /// Variants that are code.
        var scripts: [String] = []
        /// Variants of other environments.
        var others: [String] = []
    }

    /// `NAME.json`, with `NAME.local.json` and that of the environment over it.
    mutating func settings(_ name: String) -> Settings {
        var settings = Settings()
        let variants = [name, name + ".local"] + (environment.map { ["\(name).\($0)"] } ?? [])
        for variant in variants {
            let path = "\(server)/\(variant).json"
            if FileManager.default.fileExists(atPath: path), let json = json(path) {
                settings.files.append(relative(path))
                settings.json = settings.json.map { Self.merge($0, json) } ?? json
            }
        }
        for file in Self.contents(of: server) where file.hasPrefix(name + ".") {
            let path = relative("\(server)/\(file)")
            if file.hasSuffix(".js") {
                settings.scripts.append(path)
            } else if file.hasSuffix(".json"), !settings.files.contains(path),
                !variants.contains(String(file.dropLast(5)))
            {
                settings.others.append(path)
            }
        }
        return settings
    }

    /// Objects are merged, all else is replaced.
    private static func merge(_ one: JSONValue, _ other: JSONValue) -> JSONValue {
        guard case .object(var members) = one, case .object(let news) = other else { return other }
        for member in news {
            if let place = members.firstIndex(where: { $0.key == member.key }) {
                members[place].value = merge(members[place].value, member.value)
            } else {
                members.append(member)
            }
        }
        return .object(members)
    }

    // MARK: Files

    /// What is wrong with a file, for the end.
    mutating func note(_ problem: String) { problems.append(problem) }

    /// So long is a file of JSON at most.
    private static let longest = 16 << 20

    /// The JSON of a file; nil where it can't be read, which is noted.
    mutating func json(_ path: String) -> JSONValue? { read(path)?.json }

    /// The JSON of a file, and its text; nil where it can't be read, which is noted.
    mutating func read(_ path: String) -> (json: JSONValue, bytes: [UInt8])? {
        var bytes: [UInt8]
        do {
            bytes = try ProjectFile.bytes(of: path, most: Self.longest)
        } catch {
            note("\(relative(path)): \(error.message)")
            return nil
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        do {
            return (try JSONValue(parsing: bytes), bytes)
        } catch {
            note(Self.problem(relative(path), bytes, error.message))
            return nil
        }
    }

    /// `file:line:column: what is wrong`.
    private static func problem(_ file: String, _ bytes: [UInt8], _ message: String) -> String {
        guard let match = message.firstMatch(of: #/at byte (\d+) \(line (\d+), column (\d+)\): (.*)/#),
            let offset = Int(match.output.1)
        else { return "\(file): \(message)" }
        let place = "\(file):\(match.output.2):\(match.output.3)"
        let slash = UInt8(ascii: "/")
        let isComment =
            bytes.indices.contains(offset + 1) && bytes[offset] == slash
            && [slash, UInt8(ascii: "*")].contains(bytes[offset + 1])
        return isComment ? "\(place): JSON has no comments; take it out" : "\(place): \(match.output.4)"
    }

    /// The names in a folder, in their order; none where there is no such folder.
    static func contents(of folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// The scripts of a folder and of those in it; links aren't followed.
    static func scripts(below folder: String) -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
        var found: [String] = []
        while let name = walk.nextObject() as? String {
            let last = (name as NSString).lastPathComponent
            if ["node_modules", ".git", "bower_components", "test", "tests", "coverage"].contains(last) {
                walk.skipDescendants()
            } else if isScript(last) {
                found.append(folder + "/" + name)
            }
        }
        return found.sorted()
    }

    static func isScript(_ name: String) -> Bool {
        [".js", ".cjs", ".mjs", ".ts", ".coffee"].contains { name.hasSuffix($0) } && !name.hasSuffix(".d.ts")
    }
}
