// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import PackagePlugin

/// `swift package generate-models`: typed models of each target's `Models/*.json`, in its folder `Generated`.
///
/// It takes `--target NAME`, several times if need be, and what the generator takes: `--access`, `--force`.
@main
struct GenerateModelsCommand: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) throws {
        var extractor = ArgumentExtractor(arguments)
        let names = extractor.extractOption(named: "target")
        let targets = names.isEmpty ? context.package.targets : try context.package.targets(named: names)
        var count = 0
        for target in targets.compactMap({ $0 as? any SourceModuleTarget }) {
            let folder = target.directoryURL.appendingPathComponent("Models")
            let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            let models = (files ?? []).filter { $0.pathExtension == "json" && !$0.lastPathComponent.hasPrefix("_") }
                .map(\.path).sorted()
            if models.isEmpty { continue }
            count += 1
            let process = Process()
            process.executableURL = try context.tool(named: "KinshipGenerator").url
            process.arguments =
                ["--folder", target.directoryURL.appendingPathComponent("Generated").path]
                + extractor.remainingArguments + models
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                Diagnostics.error("The models of \(target.name) weren't generated.")
                return
            }
        }
        if count == 0 { Diagnostics.error("No target has a folder Models with model files (*.json).") }
    }
}
