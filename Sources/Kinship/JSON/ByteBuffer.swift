// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A growing run of bytes for writers that know how much room they need before they write.
///
/// `[UInt8]` checks capacity and uniqueness at each append, which doubles the time of writing small cells. The memory is
/// raw for that reason alone; it never leaves this type but as an array.
struct ByteBuffer: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0
    /// How values are shown.
    let options: JSONOptions

    init(capacity: Int = 4096, _ options: JSONOptions = JSONOptions()) {
        self.options = options
        self.capacity = max(capacity, 64)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    /// The bytes written so far.
    var array: [UInt8] { [UInt8](UnsafeBufferPointer(start: base, count: count)) }

    /// Room for `size` more bytes; the writer says afterwards how many it used.
    @inline(__always)
    mutating func write(atMost size: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        if capacity - count < size { grow(size) }
        count += body(base + count)
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if capacity == count { grow(1) }
        base[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        if capacity - count < bytes.count { grow(bytes.count) }
        UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: bytes.count)
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
    func byte(at position: Int) -> UInt8 { position >= 0 && position < count ? base[position] : 0 }

    /// Takes back what was written behind `position`.
    mutating func truncate(to position: Int) {
        count = min(count, max(position, 0))
    }

    private mutating func grow(_ size: Int) {
        let larger = max(capacity &* 2, count + size)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.moveInitialize(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
    }
}
