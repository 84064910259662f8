// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import FuzzTargets
import TestSupport

/// The target that libFuzzer's inputs go to: its callback can't hold one.
nonisolated(unsafe) private var chosen: FuzzTarget?  // set once, before anything runs

private let environment = ProcessInfo.processInfo.environment
private let targets = try FuzzTarget.all()
private let name = environment["KINSHIP_FUZZ_TARGET"] ?? ""
guard let target = targets.first(where: { $0.name == name }) else {
    print("There is no target \"\(name)\"; the targets are \(targets.map(\.name).joined(separator: ", ")).")
    exit(2)
}
chosen = target

if let corpus = environment["KINSHIP_FUZZ_CORPUS"] {
    // What libFuzzer starts from, and its dictionary.
    try FileManager.default.createDirectory(atPath: corpus, withIntermediateDirectories: true)
    for (index, seed) in target.seeds.enumerated() {
        try Data(seed).write(to: URL(fileURLWithPath: corpus + "/seed-\(index)"))
    }
    let words = target.words.map { word in
        "\"" + word.utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
    }
    try (words.joined(separator: "\n") + "\n").write(toFile: corpus + ".dict", atomically: true, encoding: .utf8)
}

#if LIBFUZZER
@_silgen_name("LLVMFuzzerRunDriver")
func runLibFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(
    runLibFuzzer(&count, &arguments) { start, count in
        guard let chosen else { return -1 }
        do {
            return try chosen.run(Array(UnsafeBufferPointer(start: start, count: count))) ? 0 : 0
        } catch {
            // libFuzzer keeps the input of a process that ends badly.
            fatalError("\(chosen): \(error)")
        }
    })
#else
let minutes = Double(environment["KINSHIP_FUZZ_MINUTES"] ?? "") ?? 1
if CommandLine.arguments.count > 1 {
    for file in CommandLine.arguments.dropFirst() {
        print(
            file,
            try SeededDriver.judge(target, Array(try Data(contentsOf: URL(fileURLWithPath: file))))
                ? "accepted" : "refused")
    }
    exit(0)
}
let end = Date().addingTimeInterval(minutes * 60)
var seed = Effort.seed
var tried = 0
while Date() < end {
    var driver = SeededDriver(target, seed: seed)
    let tally = driver.run(5_000)
    tried += tally.accepted + tally.refused + tally.findings.count
    for (index, finding) in tally.findings.enumerated() {
        let file = (environment["KINSHIP_FUZZ_FINDINGS"] ?? ".") + "/crash-\(target)-\(seed)-\(index)"
        try Data(finding.input).write(to: URL(fileURLWithPath: file))
        print("\(file): \(finding.what)")
    }
    if !tally.findings.isEmpty { exit(77) }
    seed += 1
}
print("\(target): \(tried) inputs, nothing found.")
#endif
