// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import KinshipREST

/// Compresses answers with gzip, by zlib.
///
/// ```swift
/// var options = RESTOptions()
/// options.compressor = GzipCompressor()
/// ```
public struct GzipCompressor: ResponseCompressor {
    /// What `Accept-Encoding` has to list.
    public let coding = "gzip"
    private let level: Int32

    /// A compressor.
    ///
    /// - Parameter level: from 1, the fastest, to 9, the smallest.
    public init(level: Int = 6) { self.level = Int32(min(max(level, 1), 9)) }

    /// A stream of one answer.
    ///
    /// - Throws: ``GzipError`` where there is no memory.
    public func begin() throws -> any CompressionStream { try GzipStream(level: level) }
}

/// What zlib said.
public struct GzipError: Error, Sendable, Hashable {
    /// zlib's number.
    public let code: Int32
}
