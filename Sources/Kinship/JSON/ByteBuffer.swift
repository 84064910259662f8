// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A growing run of bytes for writers that know how much room they need before they write.
///
/// `[UInt8]` checks capacity and uniqueness at each append, which doubles the time of writing small cells, and ends the process
/// where there is no memory. The memory is raw for that reason alone; it never leaves this type but as an array.
struct ByteBuffer: ~Copyable {
    /// Why bytes were dropped.
    enum Failure {
        case limit, memory
    }

    /// Nil only where `capacity` is 0; so it is unwrapped unsafely behind a look at that.
    private var base: UnsafeMutablePointer<UInt8>?
    private var capacity: Int
    private(set) var count = 0
    /// How values are shown.
    let options: JSONOptions
    /// The most bytes it takes.
    var limit = Int.max
    /// Set once bytes were dropped; what is here is of no use then.
    private(set) var failure: Failure?

    init(capacity: Int = 4096, _ options: JSONOptions = JSONOptions()) {
        self.options = options
        self.capacity = max(capacity, 64)
        base = Self.room(self.capacity)
        if base == nil {
            self.capacity = 0
            failure = .memory
        }
    }

    deinit { free(base) }

    /// The bytes written so far.
    var array: [UInt8] { [UInt8](UnsafeBufferPointer(start: base, count: count)) }

    /// Appends the bytes written so far to others.
    func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: UnsafeBufferPointer(start: base, count: count)) }

    /// The bytes written so far as an array of their own; nil when there is no memory for it.
    func copied() -> [UInt8]? {
        guard let probe = Self.room(count + 64) else { return nil }
        free(probe)
        return array
    }

    /// Room for `size` more bytes; the writer says afterwards how many it used.
    @inline(__always)
    mutating func write(atMost size: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        if capacity - count < size { guard grow(size) else { return } }
        count += body(base.unsafelyUnwrapped + count)
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if capacity == count { guard grow(1) else { return } }
        base.unsafelyUnwrapped[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        if capacity - count < bytes.count { guard grow(bytes.count) else { return } }
        UnsafeMutableRawPointer(base.unsafelyUnwrapped + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// The byte at a position that has been written; 0 outside.
    func byte(at position: Int) -> UInt8 { position >= 0 && position < count ? base?[position] ?? 0 : 0 }

    /// Takes back what was written behind `position`.
    mutating func truncate(to position: Int) {
        count = min(count, max(position, 0))
    }

    /// - Returns: whether there is room; else what was to be written is dropped, and ``failure`` says why.
    private mutating func grow(_ size: Int) -> Bool {
        let (needed, overflows) = count.addingReportingOverflow(size)
        guard failure == nil, !overflows, needed <= limit else {
            failure = failure ?? .limit
            return false
        }
        let doubled = capacity.multipliedReportingOverflow(by: 2)
        let larger = max(doubled.overflow ? needed : min(doubled.partialValue, limit), needed)
        guard let moved = Self.room(larger) else {
            failure = .memory
            return false
        }
        if let base {
            moved.update(from: base, count: count)
            free(base)
        }
        base = moved
        capacity = larger
        return true
    }

    private static func room(_ size: Int) -> UnsafeMutablePointer<UInt8>? {
        malloc(size)?.bindMemory(to: UInt8.self, capacity: size)
    }
}

extension ByteBuffer {
    /// Appends an integer, its most significant byte first.
    @inline(__always)
    mutating func append<Value: FixedWidthInteger>(bigEndian value: Value) {
        let size = MemoryLayout<Value>.size
        write(atMost: size) { place in
            UnsafeMutableRawPointer(place).storeBytes(of: value.bigEndian, as: Value.self)
            return size
        }
    }
}
