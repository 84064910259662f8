// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if os(Linux)
import CCrypt
import Foundation
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
public import KinshipREST

/// Passwords as LoopBack 3 keeps them: by bcrypt, of the C library's `crypt`.
///
/// ```swift
/// var options = RESTOptions()
/// options.passwords = BcryptHasher()
/// ```
///
/// Hashing is meant to be slow: it is done on few threads of its own, so that logins hold up nothing but logins.
public struct BcryptHasher: PasswordHasher {
    /// The logarithm of the number of rounds; LoopBack has 10.
    public let cost: Int

    private static let queue: OperationQueue = {
        let queue = OperationQueue()
        queue.name = "kinship.bcrypt"
        queue.maxConcurrentOperationCount = 2
        queue.qualityOfService = .utility
        return queue
    }()
    private static let waiting = WaitingPasswords()

    /// - Parameter cost: from 4 to 31; each step more takes twice the time.
    public init(cost: Int = 10) { self.cost = min(max(cost, 4), 31) }

    /// The hash of a password, with salt and cost in it.
    ///
    /// - Throws: ``RESTError`` `INVALID_PASSWORD` for what bcrypt can't take whole.
    public func hash(_ password: String) async throws -> String {
        try Self.check(password)
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        // 128 bits are 21 characters and two bits of the last one.
        var salt = (0..<21).map { _ in alphabet[Int(random.next(upperBound: UInt(64)))] }
        salt.append(alphabet[Int(random.next(upperBound: UInt(4))) * 16])
        let setting = "$2b$" + (cost < 10 ? "0\(cost)" : "\(cost)") + "$" + String(salt)
        guard let hash = try await Self.crypt(password, setting) else {
            throw RESTError(.invalidPassword, "The password can't be hashed here.")
        }
        return hash
    }

    /// Whether a password has a hash.
    ///
    /// - Throws: ``RESTError`` `OVERLOADED` where too many wait; `CancellationError`.
    public func verify(_ password: String, _ hash: String) async throws -> Bool {
        guard hash.hasPrefix("$2"), (try? Self.check(password)) != nil, let found = try await Self.crypt(password, hash)
        else { return false }
        let (one, other) = (Array(found.utf8), Array(hash.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0), { $0 | ($1.0 ^ $1.1) }) == 0
    }

    /// bcrypt leaves out what comes behind 72 bytes, or a zero.
    private static func check(_ password: String) throws {
        guard !password.isEmpty, !password.utf8.contains(0) else {
            throw RESTError(.invalidPassword, "The password is empty, or has a character that none may have.")
        }
        guard password.utf8.count <= 72 else {
            throw RESTError(.passwordTooLong, "The password has more than 72 bytes; choose a shorter one.")
        }
    }

    /// On one of few threads, behind those that came before; nobody waits behind too many.
    private static func crypt(_ password: String, _ setting: String) async throws -> String? {
        try Task.checkCancellation()
        guard waiting.enter() else {
            throw RESTError(
                .overloaded, "Too many passwords are being checked; try again in a while.", retryAfter: .seconds(5))
        }
        return await withCheckedContinuation { continuation in
            queue.addOperation {
                defer { waiting.leave() }
                continuation.resume(returning: crypted(password, setting))
            }
        }
    }

    private static func crypted(_ password: String, _ setting: String) -> String? {
        // 32 KiB: too much for the stack of a thread.
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        defer { data.deallocate() }
        memset(data, 0, MemoryLayout<crypt_data>.size)
        guard let result = crypt_r(password, setting, data) else { return nil }
        let hash = String(cString: result)
        // What it gives for a setting that it doesn't know begins so.
        return hash.hasPrefix("*") ? nil : hash
    }
}
#endif
