// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// What this process holds.
struct ProcessUsage: Sendable, CustomStringConvertible {
    var descriptors: Int
    var threads: Int
    /// Bytes of memory of its own, without what files are mapped to.
    var memory: Int

    /// Now; nil where the system doesn't tell.
    static var now: ProcessUsage? {
        guard let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count,
            let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
        else { return nil }
        return ProcessUsage(descriptors: descriptors, threads: threads, memory: memory)
    }

    /// Zero where the system doesn't tell.
    private static var memory: Int {
        // What is free goes back to the system first. Not in the headers that Swift sees.
        if let symbol = dlsym(nil, "malloc_trim") {
            _ = unsafeBitCast(symbol, to: (@convention(c) (Int) -> CInt).self)(0)
        }
        // "RssAnon:     12345 kB"
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    var description: String { "\(descriptors) descriptors, \(threads) threads, \(memory >> 10) KiB" }
}
