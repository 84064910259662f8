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

/// The bytes of a file, or of standard input, in pieces that are read when they are asked for.
struct InputFile: AsyncSequence, AsyncIteratorProtocol {
    typealias Element = [UInt8]

    /// How many bytes there are; nil where nobody knows.
    let size: Int?
    private let reader: LineReader
    private let handle: FileHandle?
    /// Told ahead of each piece.
    var onPiece: () async -> Void = {}

    /// - Parameter path: the file; `-` is standard input.
    /// - Throws: ``Failure`` where there is none, or it can't be read.
    init(_ path: String) throws {
        guard path != "-" else {
            (size, reader, handle) = (nil, LineReader(), nil)
            return
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw unreadable("\"\(path)\" can't be read: \(String(cString: strerror(errno))).")
        }
        var status = stat()
        guard fstat(handle.fileDescriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw unreadable("\"\(path)\" is a folder.")
        }
        size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        reader = LineReader(descriptor: handle.fileDescriptor)
        self.handle = handle
    }

    func makeAsyncIterator() -> InputFile { self }

    mutating func next() async throws -> [UInt8]? {
        await onPiece()
        return try await reader.piece()
    }
}

/// The failure of an input that there is none of. Inside of a sequence `Failure` is that one's.
private func unreadable(_ message: String) -> any Error {
    Failure(.noInput, message, remedy: "name a file, or - for standard input")
}
