// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Keeps passwords out of what is printed.
enum Secrets {
    /// The text with the password of every URL and every `password=` in it replaced by `***`.
    ///
    /// The library's own messages hold none; this is for what the user typed where it wasn't expected. Rather too much is
    /// masked than too little.
    static func masked(_ text: String) -> String {
        // Up to the last @, for a password may hold one; else over spaces, unless what follows the colon is a port.
        var result = text.replacing(
            #/(?:\/\/|%2[Ff]%2[Ff])([^\s:\/@'"%]*)(?::|%3[Aa])(?:\S*(?:@|%40)|(?!\d+(?:[\/?,;\s'"]|$))[^\n'"]*@)/#
        ) {
            "//\($0.output.1):***@"
        }
        let value = #/(?i)(passw(?:or)?d|passphrase|pwd)(\s*=\s*|%3d)('(?:[^'\\]|\\.)*'|"[^"]*"|[^\s&;'"]+)/#
        result = result.replacing(value) { "\($0.output.1)\($0.output.2)***" }
        return result
    }
}
