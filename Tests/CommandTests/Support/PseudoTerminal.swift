// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A terminal that nobody looks at.
struct PseudoTerminal {
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

    /// Makes it of another size.
    func resize(columns: Int, rows: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(parent, UInt(TIOCSWINSZ), &size)
    }

    /// Whether it gives whole lines and shows what is typed, as a shell expects it.
    var isPlain: Bool {
        var settings = termios()
        let wanted = tcflag_t(ICANON | ECHO | ISIG)
        return tcgetattr(parent, &settings) == 0 && settings.c_lflag & wanted == wanted
    }

    /// What was written since, nothing when nothing was for a moment; nil when no program has it open any more.
    func next() -> [UInt8]? {
        var polled = pollfd(fd: parent, events: Int16(POLLIN), revents: 0)
        guard poll(&polled, 1, 20) > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readBytes(parent, &buffer, buffer.count)
        return count > 0 ? Array(buffer[..<count]) : nil
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
