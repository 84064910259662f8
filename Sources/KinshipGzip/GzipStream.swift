// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CZlib
import KinshipREST

/// One answer on its way through zlib.
final class GzipStream: CompressionStream {
    // In memory of its own: zlib keeps a pointer to it.
    private let stream: UnsafeMutablePointer<z_stream>

    init(level: Int32) throws {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = kinship_gzip_begin(stream, level)
        guard code == Z_OK else {
            stream.deallocate()
            throw GzipError(code: code)
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func compress(_ bytes: [UInt8]) throws -> [UInt8] { try run(bytes, Z_NO_FLUSH) }

    func finish() throws -> [UInt8] { try run([], Z_FINISH) }

    private func run(_ bytes: [UInt8], _ flush: Int32) throws -> [UInt8] {
        var input = bytes
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        try input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            // zlib lets go of both buffers when it returns with nothing left to read.
            defer { stream.pointee.next_in = nil }
            while true {
                let (code, count) = buffer.withUnsafeMutableBufferPointer { buffer in
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = UInt32(buffer.count)
                    defer { stream.pointee.next_out = nil }
                    let code = deflate(stream, flush)
                    return (code, buffer.count - Int(stream.pointee.avail_out))
                }
                output += buffer[..<count]
                switch code {
                case Z_STREAM_END: return
                case Z_OK, Z_BUF_ERROR:
                    if flush == Z_NO_FLUSH, stream.pointee.avail_in == 0, count < buffer.count { return }
                    if flush == Z_FINISH, code == Z_BUF_ERROR, count == 0 { throw GzipError(code: code) }
                default: throw GzipError(code: code)
                }
            }
        }
        return output
    }
}
