// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import KinshipSwiftGenerator

/// A folder that typed models in Swift are generated into.
struct SwiftFolder {
    let path: String
    var access: GeneratorOptions.Access = .internal
    /// A file whose lines begin every file.
    var header: String?
    var hasNullElements = false

    /// Makes its files those of the models, and says what becomes of each that isn't yet.
    ///
    /// - Parameters:
    ///   - writes: whether anything is written.
    ///   - mustBeSame: whether it fails where a file differs.
    ///   - force: whether files that a person has changed are written over.
    ///   - flag: what names the folder.
    /// - Throws: ``Failure``: the folder can't be read or written, a file was left alone, or one differs.
    func generate(
        _ schema: Schema, writes: Bool, mustBeSame: Bool = false, force: Bool = false, flag: String
    ) async throws {
        let files = SwiftGenerator(schema, options: try options()).files()
        let folder = GeneratedFolder(path)
        let changes: [GeneratedFolder.Change]
        do {
            changes = try folder.changes(to: files, force: force)
            if writes { try folder.apply(changes) }
        } catch {
            throw Failure(
                .inputOutput, "The folder \"\(path)\" can't be read or written: \(error.localizedDescription)",
                remedy: "name a folder that you may write to with \(flag)")
        }
        for change in changes where change.fate != .unchanged {
            try await StandardOutput.shared.write("\(change.fate.rawValue) \(change.name)\n")
        }
        try judge(changes, mustBeSame)
    }

    /// Fails where the folder isn't, or won't be, what the models say.
    private func judge(_ changes: [GeneratedFolder.Change], _ mustBeSame: Bool) throws {
        let differing = changes.filter { $0.fate != .unchanged }
        if mustBeSame, !differing.isEmpty {
            throw Failure(
                .differences,
                "\(path) isn't what the models say: \(differing.count) of \(changes.count) files differ.",
                remedy: "run \"kinship generate swift\" without --check")
        }
        let kept = changes.filter { $0.fate == .protected }
        guard !kept.isEmpty else { return }
        throw Failure(
            .differences, "Left alone, for they weren't generated, or somebody has changed them since.",
            details: kept.map(\.name),
            remedy:
                "put code of your own into files such as Order+Custom.swift; \"kinship generate swift --force\" writes over them"
        )
    }

    private func options() throws -> GeneratorOptions {
        var options = GeneratorOptions(access: access, hasNullElements: hasNullElements)
        FormatterSettings.nearest(to: path)?.apply(to: &options)
        guard let header else { return options }
        guard let text = FileManager.default.contents(atPath: header).flatMap({ String(data: $0, encoding: .utf8) })
        else {
            throw Failure(
                .noInput, "The file \"\(header)\" can't be read.", remedy: "name a text file with --header")
        }
        options.header = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while options.header.last?.isEmpty == true { options.header.removeLast() }
        return options
    }
}
