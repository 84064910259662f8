// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// A bar on standard error while something long goes on; nothing at all when that is no terminal.
struct ProgressBar {
    private let isShown: Bool
    private let title: String
    private let total: Int

    init(_ title: String, total: Int) {
        self.title = title
        self.total = max(total, 1)
        isShown = isatty(STDERR_FILENO) == 1
    }

    /// Shows that `done` of the total are done.
    func show(_ done: Int, _ what: String = "") {
        guard isShown else { return }
        let width = 30
        let filled = width * min(done, total) / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        Self.write("\r\u{1B}[K\(title) \(bar) \(100 * min(done, total) / total) % \(what.prefix(30))")
    }

    /// Takes the bar away.
    func finish() {
        if isShown { Self.write("\r\u{1B}[K") }
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { buffer in
            #if canImport(Darwin)
            Darwin.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
            Musl.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
            #else
            Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
            #endif
        }
    }
}
