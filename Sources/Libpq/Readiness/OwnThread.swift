// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread for work that may never end, and that may be put behind all others then.
///
/// Dispatch's threads can't be lowered: they go on with somebody else's work.
enum OwnThread {
    private final class Work: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }

        func run() {
            kinship_name_thread(name)
            body()
        }
    }

    /// More than libpq, OpenSSL and a name service need; musl's own default is an eighth of it.
    private static let stackSize = 1 << 20

    /// Runs `body` on a thread that ends with it.
    ///
    /// - Returns: false when the system has no thread left; nothing runs then.
    static func run(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let work = Unmanaged.passRetained(Work(name, body))
        #if canImport(Darwin)
        var thread: pthread_t?
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, work.toOpaque())
        #else
        var thread = pthread_t()
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, work.toOpaque())
        #endif
        if status != 0 { work.release() }
        return status == 0
    }

    /// This thread's number, for ``lower(_:)``.
    static var id: Int32 { kinship_thread_id() }

    /// Lets a thread, which has to be there still, have only what no other wants (Linux).
    static func lower(_ id: Int32) { kinship_lower_thread(id) }
}
