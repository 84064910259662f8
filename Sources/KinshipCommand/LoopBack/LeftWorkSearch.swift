// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

/// Finds the scripts of a LoopBack project, and looks at what they do.
struct LeftWorkSearch {
    private let project: LoopBackProject
    private(set) var works: [LeftWork] = []
    /// How many scripts of models and mixins hold nothing but what the generator wrote.
    private(set) var emptyScripts = 0
    private var seen: Set<String> = []

    init(
        _ project: LoopBackProject, _ models: LoopBackModels, mixinSources: [String]?, named scripts: [String]
    ) {
        self.project = project
        for path in LoopBackProject.scripts(below: project.server + "/boot") { add(path, .boot, always: true) }
        addScripts(of: models)
        addMixins(models, mixinSources ?? ["../common/mixins", "./mixins"])
        for name in scripts {
            let path = (project.server + "/" + name as NSString).standardizingPath
            let candidates = [path, path + ".js", path + "/index.js"]
            if let found = candidates.first(where: { LoopBackProject.isScript($0) && Self.isFile($0) }) {
                add(found, .middleware, always: true)
            }
        }
        for folder in [project.server, project.root + "/common"] {
            for path in LoopBackProject.scripts(below: folder) { add(path, .code) }
        }
    }

    private mutating func addScripts(of models: LoopBackModels) {
        for folder in models.folders {
            for name in LoopBackProject.contents(of: folder) where LoopBackProject.isScript(name) {
                let path = folder + "/" + name
                let base = (path as NSString).deletingPathExtension + ".json"
                add(path, .model, of: models.files.first { $0.path == base }?.name)
            }
        }
    }

    // MARK: Mixins

    private mutating func addMixins(_ models: LoopBackModels, _ sources: [String]) {
        var scripts: [(name: String, path: String)] = []
        for source in sources where source.hasPrefix(".") {
            let folder = (project.server + "/" + source as NSString).standardizingPath
            scripts += LoopBackProject.contents(of: folder).filter(LoopBackProject.isScript).map {
                (name: Self.plain(($0 as NSString).deletingPathExtension), path: folder + "/" + $0)
            }
        }
        for mixin in models.mixins {
            let subject = "\(mixin.name), of \(mixin.models.joined(separator: ", "))"
            let note = Self.hint(mixin.name)
            if let path = scripts.first(where: { $0.name == Self.plain(mixin.name) })?.path {
                add(path, .mixin, of: subject, note: note, always: true)
            } else {
                works.append(
                    LeftWork(
                        kind: .mixin, subject: subject,
                        note: note ?? "of a package: what it adds has to be written into the models' files, or in Swift"
                    ))
            }
        }
        for script in scripts { add(script.path, .mixin, note: "no model that is read asks for it") }
    }

    /// What stands for the mixins that many projects have.
    private static func hint(_ name: String) -> String? {
        switch plain(name) {
        case "timestamp":
            "write `createdAt` and `updatedAt` into the models' `properties`, the first with `\"defaultFn\": \"now\"`; a hook before a save sets the other"
        case "softdelete":
            "write `deletedAt` into the models' `properties`, and `\"softDelete\": \"deletedAt\"` (Documentation/Writing.md)"
        default: nil
        }
    }

    /// `time-stamp` and `TimeStamp` are one name.
    private static func plain(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    // MARK: Scripts

    /// So much of a script is looked at.
    private static let longest = 2_000_000

    private mutating func add(
        _ path: String, _ kind: LeftWork.Kind, of subject: String? = nil, note: String? = nil, always: Bool = false
    ) {
        guard seen.insert(path).inserted else { return }
        let file = project.relative(path)
        let bytes: [UInt8]
        do {
            bytes = try ProjectFile.bytes(of: path, most: Self.longest)
        } catch {
            let note = error == .tooLong ? "it is too long to be looked at" : "it can't be read"
            return works.append(LeftWork(kind: kind, file: file, subject: subject, note: note))
        }
        let tokens = ScriptLexer.tokens(of: bytes)
        let findings = ScriptReader.findings(in: tokens, isOfModel: kind == .model || kind == .mixin)
        let holdsCode = ScriptReader.holdsCode(tokens)
        guard always || holdsCode else {
            emptyScripts += 1
            return
        }
        // What every project has, and what only starts it.
        if kind == .code, !always, findings.allSatisfy({ $0.kind == .event && $0.name == "started" }) {
            return
        }
        let unknown =
            !holdsCode ? "it holds no code" : findings.isEmpty ? "nothing of LoopBack's was recognised in it" : nil
        works.append(
            LeftWork(kind: kind, file: file, subject: subject, findings: findings, note: note ?? unknown))
    }

    private static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }
}
