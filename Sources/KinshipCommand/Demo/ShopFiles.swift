// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipMigration

/// The files of the sample shop: its SQL and its models.
struct ShopFiles {
    /// The SQL files, in the order they are run: `schema.sql`, then the others by name.
    let scripts: [(name: String, script: SQLScript)]
    /// The folder of the models.
    let models: String

    /// Finds the files beside the working directory, else above the executable (a build folder lies inside the
    /// repository), else where an installation keeps them.
    static func find() throws -> ShopFiles {
        let roots = places()
        guard let root = roots.first(where: { has($0, "sql/shop") && has($0, "Examples/models") }) else {
            throw Failure(
                .noInput, "The sample shop isn't here: no folder with sql/shop and Examples/models in it.",
                details: ["looked in \(FileManager.default.currentDirectoryPath) and above the program"],
                remedy: "run it in a checkout of Kinship, or name the folder with KINSHIP_HOME")
        }
        let folder = root + "/sql/shop"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(".sql") }.sorted { ($0 == "schema.sql" ? "" : $0) < ($1 == "schema.sql" ? "" : $1) }
        let scripts = try names.map { name in
            let path = folder + "/" + name
            guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8)
            else { throw Failure(.noInput, "The file \"\(path)\" can't be read.") }
            return (name, SQLScript(text))
        }
        guard scripts.contains(where: { !$0.1.statements.isEmpty }) else {
            throw Failure(.noInput, "The folder \"\(folder)\" holds no SQL (*.sql).")
        }
        return ShopFiles(scripts: scripts, models: root + "/Examples/models")
    }

    private static func places() -> [String] {
        if let home = ProcessInfo.processInfo.environment["KINSHIP_HOME"], !home.isEmpty { return [home] }
        var places = [FileManager.default.currentDirectoryPath]
        let executable = Bundle.main.executableURL?.resolvingSymlinksInPath().path ?? CommandLine.arguments[0]
        var folder = (executable as NSString).deletingLastPathComponent
        while folder.count > 1 {
            places += [folder, folder + "/share/kinship"]
            folder = (folder as NSString).deletingLastPathComponent
        }
        return places
    }

    private static func has(_ root: String, _ folder: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: root + "/" + folder, isDirectory: &isDirectory)
            && isDirectory.boolValue
    }
}
