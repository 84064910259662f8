// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import COpenSSL

extension JWTKey {
    /// Whether bytes are a message's code, made with a secret.
    static func isCode(_ code: [UInt8], of message: [UInt8], _ secret: [UInt8], _ algorithm: JWTAlgorithm) -> Bool {
        guard JWTAlgorithm.ofSecrets.contains(algorithm) else { return false }
        return kinship_is_code(
            secret, Int32(secret.count), Int32(algorithm.digestBits), code, code.count, message, message.count) == 1
    }
}
