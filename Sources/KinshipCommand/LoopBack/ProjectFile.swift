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

/// Reads files of a project that others have made: a link may lead to a device that never ends, or to a pipe that nobody writes to.
enum ProjectFile {
    /// Why a file wasn't read.
    enum Refusal: Error {
        case unreadable, special, tooLong

        /// What is said of the file, and what to do about it.
        var message: String {
            switch self {
            case .unreadable: "it can't be read; check that it is a file you may read"
            case .special: "it is no file but a folder, a device or a pipe; take it out"
            case .tooLong: "it is longer than any file of its kind; take it out"
            }
        }
    }

    /// The bytes of a file.
    ///
    /// - Parameter most: so many of them there may be.
    static func bytes(of path: String, most: Int) throws(Refusal) -> [UInt8] {
        // Without waiting for who writes to a pipe.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .special }
        guard let data = try? file.read(upToCount: most + 1) else {
            // Nothing is what an empty file has.
            guard status.st_size == 0 else { throw .unreadable }
            return []
        }
        guard data.count <= most else { throw .tooLong }
        return Array(data)
    }
}
