// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import Foundation
import RelationPlanner
import Synchronization

/// The models a shell offers when Tab is pressed.
///
/// Somebody is in the middle of typing a command: whatever is wrong with the folder, nothing is printed, and no file and no
/// network drive is waited for longer than a moment.
enum ModelCompletion {
    /// How long a shell waits.
    private static let patience = DispatchTimeInterval.milliseconds(1_500)

    /// The names of the models in the folder that the command line names, else in the usual one.
    ///
    /// - Parameter words: the words of the command line as they were typed, with quotes.
    static func names(_ words: [String]) -> [String] {
        let found = Found()
        let done = DispatchSemaphore(value: 0)
        // On a thread of its own: a folder on a drive that doesn't answer holds it for ever.
        Thread.detachNewThread {
            let names = read(folders(in: words))
            found.names.withLock { $0 = names }
            done.signal()
        }
        guard done.wait(timeout: .now() + patience) == .success else { return [] }
        return found.names.withLock { $0 }
    }

    private final class Found: Sendable {
        let names = Mutex<[String]>([])
    }

    /// What `--models` is given on a command line.
    static func folders(in words: [String]) -> [String] {
        var folders: [String] = []
        for (position, word) in words.enumerated() {
            if word == "--models", position + 1 < words.count {
                folders.append(words[position + 1])
            } else if word.hasPrefix("--models=") {
                folders.append(String(word.dropFirst("--models=".count)))
            }
        }
        return folders.map { folder in
            let bare = folder.filter { $0 != "\"" && $0 != "'" && $0 != "\\" }
            return (bare as NSString).expandingTildeInPath
        }
    }

    private static func read(_ given: [String]) -> [String] {
        var options = ModelOptions()
        options.models = given
        guard let folders = try? options.folders() else { return [] }
        if let schema = try? ModelOptions.load(folders: folders, tableSchema: nil) {
            return schema.models.map(\.name).sorted()
        }
        // Something is wrong with a model; the names of the others are still of use.
        return folders.flatMap { (folder: String) -> [String] in
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return files.filter { $0.hasSuffix(".json") }.sorted().compactMap { (file: String) -> String? in
                guard let data = FileManager.default.contents(atPath: folder + "/" + file),
                    let json = try? JSONValue(parsing: [UInt8](data))
                else { return nil }
                return json["name"]?.text
            }
        }
    }
}
