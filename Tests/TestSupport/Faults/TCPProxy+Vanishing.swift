// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if os(Linux)
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension TCPProxy {
    /// Lets the peers of all connections vanish: their packets are neither received nor acknowledged any more, as when a
    /// cable is cut. New connections are served.
    ///
    /// A filter that lets no packet through is put on the sockets; no privilege is needed for that.
    public func vanish() {
        for descriptor in clients {
            // BPF_RET | BPF_K with 0: struct sock_filter, eight bytes.
            var instruction: UInt64 = 6
            withUnsafeMutablePointer(to: &instruction) { pointer in
                // struct sock_fprog: the number of instructions, and where they are.
                var program = (UInt64(1), UInt64(UInt(bitPattern: pointer)))
                setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, 16)
            }
        }
    }
}
#endif
