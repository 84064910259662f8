// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import PackagePlugin

/// Generates typed models of a target's `Models/*.json` whenever it is built.
///
/// The folder is to be left out of the target's sources: `exclude: ["Models"]`.
@main
struct GenerateModels: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let module = target as? any SourceModuleTarget else { return [] }
        let folder = module.directoryURL.appendingPathComponent("Models")
        let models = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { file in
                let name = file.lastPathComponent
                return name.hasSuffix(".json") && !name.hasPrefix("_") && !name.hasPrefix(".")
            }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        guard !models.isEmpty else {
            Diagnostics.error("\(folder.path) holds no model files (*.json).")
            return []
        }
        let output = context.pluginWorkDirectoryURL.appendingPathComponent("GeneratedModels.swift")
        return [
            .buildCommand(
                displayName: "Generating the models of \(target.name)",
                executable: try context.tool(named: "KinshipGenerator").url,
                arguments: ["--file", output.path] + models.map(\.path), inputFiles: models, outputFiles: [output])
        ]
    }
}
