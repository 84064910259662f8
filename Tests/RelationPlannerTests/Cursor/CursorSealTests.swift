// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Digests
import Testing

@testable import RelationPlanner

@Suite struct CursorSealTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// The examples of FIPS 180-4 and RFC 4231.
    @Test func `Digests and authentication codes are the published ones`() {
        #expect(
            hex(SHA256.digest([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            hex(SHA256.digest(Array("abc".utf8))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hex(SHA256.digest(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)))
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            hex(SHA256.digest([UInt8](repeating: UInt8(ascii: "a"), count: 1_000)))
                == "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3")
        #expect(
            hex(SHA256.authenticationCode(Array("Hi There".utf8), key: [UInt8](repeating: 0x0b, count: 20)))
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(
            hex(SHA256.authenticationCode(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = [UInt8](repeating: 0xaa, count: 131)
        #expect(
            hex(
                SHA256.authenticationCode(
                    Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8), key: long))
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test(arguments: [CursorSeal.unsigned, CursorSeal(key: [1, 2, 3])])
    func `What was sealed comes back, what was changed doesn't`(seal: CursorSeal) throws {
        for count in [1, 2, 3, 50] {
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
            let text = seal.seal(payload)
            #expect(text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
            #expect(seal.open(text) == payload)
            for length in 0..<text.count { #expect(seal.open(String(text.prefix(length))) == nil) }
            #expect(seal.open(text + "AAAA") == nil)
            #expect(CursorSeal(key: [9]).open(text) == nil)
        }
        #expect(CursorSeal(key: []) == .unsigned)
        var text = ""
        dump([CursorSeal(key: [123, 124, 125])], to: &text)
        #expect(!(text + "\(CursorSeal(key: [123]))").contains("123"))
    }
}
