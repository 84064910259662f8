// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A process in a session of its own, with nothing of ours open in it.
///
/// Not Foundation's `Process`: that one offers no session of its own, and its children die of the terminal's Ctrl-C
/// before they could stop a server in order.
struct ChildProcess: Sendable {
    let id: pid_t

    /// Starts `executable`; its input is `input`, its output and errors are appended to the file `output`.
    init(
        _ executable: String, arguments: [String], environment: [String: String], input: CInt, output: String
    ) throws(EmbeddedPostgresError) {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        #if !canImport(Darwin)
        Self.closeOthers(&actions)
        #endif

        // A server framework blocks or ignores signals; PostgreSQL must not inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        sigdelset(&all, SIGKILL)
        sigdelset(&all, SIGSTOP)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        #if canImport(Darwin)
        flags |= POSIX_SPAWN_SETSID | POSIX_SPAWN_CLOEXEC_DEFAULT
        #else
        flags |= 0x80  // POSIX_SPAWN_SETSID; glibc and musl show it to GNU sources only.
        #endif
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var id: pid_t = 0
        let code = Self.withCStrings([executable] + arguments) { argv in
            Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
                posix_spawn(&id, executable, &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else {
            throw EmbeddedPostgresError(
                .fileSystem, "\(executable) could not be started: \(String(cString: strerror(code))).")
        }
        self.id = id
    }

    #if !canImport(Darwin)
    private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt

    /// Of glibc 2.34 and later, which shows it to GNU sources only.
    private static let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
        // Safe: the signature is the manual's.
        unsafeBitCast($0, to: CloseFrom.self)
    }

    /// Has the child close whatever else is open here: most sockets and pipes of a program are not close-on-exec, at least
    /// for a moment, and whoever waits for the end of one would wait for as long as the server runs.
    private static func closeOthers(_ actions: inout posix_spawn_file_actions_t) {
        if let closeFrom {
            _ = closeFrom(&actions, 3)
            return
        }
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        // One that is closed meanwhile does no harm: posix_spawn passes over it.
        for descriptor in open.compactMap({ CInt($0) }) where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
    }
    #endif

    /// Waits until the process has ended; no thread of the cooperative pool is blocked.
    func wait() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            reap { continuation.resume() }
        }
    }

    /// Collects the exit status when the process ends, so that no zombie stays.
    func reap(then done: @escaping @Sendable () -> Void = {}) {
        let id = id
        Self.queue.async {
            var status: CInt = 0
            while waitpid(id, &status, 0) == -1, errno == EINTR {}
            done()
        }
    }

    private static let queue = DispatchQueue(label: "kinship.embedded.wait", attributes: .concurrent)

    private static func withCStrings<R>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
        pointers.append(nil)
        defer { pointers.forEach { free($0) } }
        return pointers.withUnsafeBufferPointer { buffer in
            // The array holds at least the closing nil, so there is an address.
            buffer.baseAddress.map(body) ?? body([nil])
        }
    }
}
