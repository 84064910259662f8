// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import FuzzTargets
import TestSupport
import Testing

/// Every target of the fuzzer on a fixed number of inputs, the same each time.
@Suite(.serialized) struct FuzzTests {
    @Test(arguments: try FuzzTarget.all())
    func nothingIsFound(target: FuzzTarget) {
        let count = Effort.count(2_000)
        var driver = SeededDriver(target, seed: Effort.seed)
        let tally = driver.run(count)
        for finding in tally.findings {
            Issue.record(
                "\(target): \(finding.what)\ninput: \(String(decoding: finding.input, as: UTF8.self).debugDescription)")
        }
        #expect(tally.accepted + tally.refused + tally.findings.count >= count || !tally.findings.isEmpty)
        // Enough got through that not only the first check was tried.
        #expect(tally.accepted > count / 400)
        #expect(tally.refused > 0)
    }
}
