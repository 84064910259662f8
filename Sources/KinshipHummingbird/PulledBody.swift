// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import KinshipREST

/// The pieces of an answer, each pulled by a task that can be cancelled.
actor PulledBody {
    private var iterator: RESTResponseBody.Iterator

    init(_ body: RESTResponseBody) { iterator = body.makeAsyncIterator() }

    /// The next piece, nil after the last one.
    func next() async -> Result<[UInt8]?, any Error> {
        var iterator = iterator
        do {
            let piece = try await iterator.next()
            self.iterator = iterator
            return .success(piece)
        } catch {
            return .failure(error)
        }
    }
}
#endif
