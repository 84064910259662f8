// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Makes answers smaller for who takes them so; `KinshipGzip` has one.
public protocol ResponseCompressor: Sendable {
    /// What `Accept-Encoding` has to list, and `Content-Encoding` says then.
    var coding: String { get }
    /// Begins with an answer.
    func begin() throws -> any CompressionStream
}

/// One answer on its way through a compressor.
public protocol CompressionStream: AnyObject {
    /// Takes some bytes, and gives those that have come of all so far; often none.
    func compress(_ bytes: [UInt8]) throws -> [UInt8]
    /// Gives the rest.
    func finish() throws -> [UInt8]
}
