// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file that is written: it has its name when all of it is there.
final class OutputFile {
    let output: StandardOutput
    private let path: String
    private let handle: FileHandle
    private var isFinished = false

    private var draft: String { path + ".part" }

    /// - Throws: ``Failure`` where it can't be written.
    init(_ path: String) throws {
        self.path = path
        let descriptor = open(path + ".part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw Failure(
                .inputOutput, "\"\(path)\" can't be written: \(String(cString: strerror(errno))).",
                remedy: "name a file in a folder that you may write to")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        output = StandardOutput(file: descriptor)
    }

    deinit {
        if !isFinished { unlink(draft) }
    }

    /// Gives the file its name.
    func finish() throws {
        guard fsync(handle.fileDescriptor) == 0 || errno == EINVAL, rename(draft, path) == 0 else {
            throw Failure(.inputOutput, "\"\(path)\" can't be written: \(String(cString: strerror(errno))).")
        }
        isFinished = true
    }
}
