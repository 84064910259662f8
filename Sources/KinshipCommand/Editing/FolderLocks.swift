// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Folders that one program at a time writes into, of those that ask for it: whoever comes second sees what the first has written.
struct FolderLocks {
    private let descriptors: [CInt]

    /// Waits for the folders of some files. Where a file system has no locks, it goes on without.
    init(of paths: [String]) {
        // In one order for all, so that no two wait for each other.
        let folders = Set(paths.map { String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)]) }).sorted()
        descriptors = folders.compactMap { folder in
            let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
            return descriptor
        }
    }

    /// Lets the next one in.
    func release() { for descriptor in descriptors { close(descriptor) } }
}
