// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import MessageText

/// A folder that the command line names.
enum FolderArgument {
    /// Fails for what is a file; what isn't there may be made.
    ///
    /// - Parameter flag: the flag or variable that names it.
    static func requireNoFile(_ path: String, _ flag: String) throws(GeneratorError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue else {
            return
        }
        let folder = (path as NSString).deletingLastPathComponent
        throw GeneratorError(
            .invalidFlag, flag, "\(MessageText.name(path)) is a file, and not a folder.",
            remedy: "name the folder, such as \(folder.isEmpty ? "." : MessageText.name(folder))")
    }
}
