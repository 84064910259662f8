// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// What a `.swift-format` says about lines.
public struct FormatterSettings: Sendable, Hashable {
    private struct Indentation: Decodable {
        var spaces: Int?
        var tabs: Int?
    }

    private struct File: Decodable {
        var lineLength: Int?
        var indentation: Indentation?
    }

    /// How long a line may be; nil where it isn't said.
    public var lineLength: Int?
    /// How many spaces a level is moved in by; nil where it isn't said.
    public var indentation: Int?

    /// The settings for the files of a folder: those of the nearest folder above that has any, nil where none has.
    public static func nearest(to folder: String) -> FormatterSettings? {
        var url = URL(fileURLWithPath: folder).standardizedFileURL
        while true {
            if let data = FileManager.default.contents(atPath: url.appendingPathComponent(".swift-format").path) {
                guard let file = try? JSONDecoder().decode(File.self, from: data) else { return nil }
                return FormatterSettings(lineLength: file.lineLength, indentation: file.indentation?.spaces)
            }
            let above = url.deletingLastPathComponent().standardizedFileURL
            if above.path == url.path || url.path == "/" { return nil }
            url = above
        }
    }

    /// Takes them over.
    public func apply(to options: inout GeneratorOptions) {
        if let lineLength { options.lineLength = min(max(lineLength, 40), 1000) }
        if let indentation { options.indentation = min(max(indentation, 0), 16) }
    }
}
