// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
internal import BenchmarkFloor
internal import Dispatch
internal import Synchronization

/// The library behind the bare server: what the same client can get out of it when next to no server is in between.
final class BareService: Sendable {
    /// An answer on its way from a task to the thread of a connection.
    private final class Reply: Sendable {
        let json = Mutex<[UInt8]?>(nil)
    }

    private let requests: ServedRequests

    private init(_ requests: ServedRequests) { self.requests = requests }

    /// Answers requests until the process ends.
    ///
    /// - Returns: the port.
    static func start(_ requests: ServedRequests) throws -> Int {
        // Never let go of: the server is there as long as the process is.
        let context = Unmanaged.passRetained(BareService(requests)).toOpaque()
        let port = kinship_bare_serve(
            { context, socket, path in
                guard let context, let path else { return }
                Unmanaged<BareService>.fromOpaque(context).takeUnretainedValue().answer(String(cString: path), socket)
            }, context)
        guard port > 0 else { throw BenchmarkError("No port can be listened at.") }
        return Int(port)
    }

    /// Answers one request, on the thread of its connection, which nobody else waits for.
    private func answer(_ path: String, _ socket: CInt) {
        let reply = Reply()
        let isThere = DispatchSemaphore(value: 0)
        Task { [requests] in
            let json = try? await requests.json(path: path)
            reply.json.withLock { $0 = json }
            isThere.signal()
        }
        isThere.wait()
        guard let json = reply.json.withLock({ $0 }) else {
            _ = kinship_bare_send(socket, 500, nil, 0)
            return
        }
        _ = json.withUnsafeBufferPointer { kinship_bare_send(socket, 200, $0.baseAddress, $0.count) }
    }
}
#endif
