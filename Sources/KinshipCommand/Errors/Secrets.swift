// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Keeps passwords out of what is printed.
enum Secrets {
    /// The text with the password of every URL and every `password=` in it replaced by `***`.
    ///
    /// The library's own messages hold none; this is for what the user typed where it wasn't expected.
    static func masked(_ text: String) -> String {
        var result = text.replacing(#/://([^\s:/@'"]*):([^\s'"]*)@/#) { "://\($0.output.1):***@" }
        result = result.replacing(#/(?i)(password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&'"]+)/#) { "\($0.output.1)***" }
        return result
    }
}
