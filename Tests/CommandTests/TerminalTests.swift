// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What shows on a terminal and nowhere else.
@Suite struct TerminalTests {
    @Test(arguments: [(nil, true), ("1", false), ("", true)])
    func colorsAreForTerminalsWithoutNoColor(noColor: String?, isColored: Bool) async throws {
        var tool = try await SmallShop.shared().tool
        tool.environment["NO_COLOR"] = noColor
        let terminal = try PseudoTerminal()
        let running = try tool.start(
            ["query", "Item", #"{"limit": 1, "fields": ["id"]}"#, "--pretty"], output: terminal.child)
        try terminal.child.close()
        let outcome = await running.outcome()
        let shown = terminal.read()
        #expect(outcome.status == 0)
        #expect(shown.contains("\"id\""))
        #expect(shown.contains("\u{1B}[") == isColored)
    }

    @Test func atTheKeyboardItSaysWhatItWaitsFor() async throws {
        let tool = try await SmallShop.shared().tool
        let terminal = try PseudoTerminal()
        let running = try tool.start(["batch"], input: terminal.child)
        try terminal.child.close()
        #expect(await running.waitForErrors("Ctrl-D"))
        terminal.write("{\"model\": \"Item\", \"op\": \"count\"}\n\u{4}")
        let outcome = await running.outcome()
        terminal.close()
        #expect(outcome.output == "{\"result\":3,\"statements\":1,\"roundTrips\":1}\n")
        #expect(outcome.status == 0)
        let piped = try await tool.run(["batch"], input: "")
        #expect(piped.errors == "")
    }
}

/// A terminal that nobody looks at.
private struct PseudoTerminal {
    struct Failure: Error {}

    /// What a program writes to.
    let child: FileHandle
    private let parent: CInt

    init() throws {
        #if canImport(Darwin)
        parent = posix_openpt(O_RDWR | O_NOCTTY)
        guard parent >= 0, grantpt(parent) == 0, unlockpt(parent) == 0,
            let name = ptsname(parent).map(String.init(cString:))
        else { throw Failure() }
        #else
        // What posix_openpt and its friends do; Swift's view of glibc lacks them.
        parent = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var unlocked: CInt = 0
        var number: CInt = 0
        guard parent >= 0, ioctl(parent, 0x4004_5431, &unlocked) == 0, ioctl(parent, 0x8004_5430, &number) == 0 else {
            throw Failure()  // TIOCSPTLCK, TIOCGPTN
        }
        let name = "/dev/pts/\(number)"
        #endif
        let descriptor = open(name, O_RDWR | O_NOCTTY)
        guard descriptor >= 0 else { throw Failure() }
        child = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Types at its keyboard.
    func write(_ text: String) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                writeBytes(parent, $0.baseAddress?.advanced(by: written), bytes.count - written)
            }
            guard count > 0 else { return }
            written += count
        }
    }

    /// Takes it away.
    func close() { closeDescriptor(parent) }

    /// What was written; the program has ended.
    func read() -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var polled = pollfd(fd: parent, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, 1_000) > 0, polled.revents & Int16(POLLIN) != 0 else { break }
            let count = readBytes(parent, &buffer, buffer.count)
            guard count > 0 else { break }
            text += buffer[..<count]
        }
        close()
        return String(decoding: text, as: UTF8.self)
    }
}

private func readBytes(_ descriptor: CInt, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    #if canImport(Darwin)
    Darwin.read(descriptor, buffer, count)
    #elseif canImport(Glibc)
    Glibc.read(descriptor, buffer, count)
    #else
    Musl.read(descriptor, buffer, count)
    #endif
}

private func writeBytes(_ descriptor: CInt, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
    Darwin.write(descriptor, buffer, count)
    #elseif canImport(Glibc)
    Glibc.write(descriptor, buffer, count)
    #else
    Musl.write(descriptor, buffer, count)
    #endif
}

private func closeDescriptor(_ descriptor: CInt) { close(descriptor) }
