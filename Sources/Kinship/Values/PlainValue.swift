// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Reads values of one property: those that are written as most are without a detour, all others by way of `ValueReader`.
struct PlainValue: Sendable {
    /// How values of the column's type are written mostly.
    private enum Form: Sendable {
        case bool, int2, int4, int8, float8, numeric, text, instant, date, uuid, other
    }

    let type: ColumnType
    private let kind: PropertyKind
    private let form: Form
    /// The longest text in bytes, and the most digits ahead of the point, that fit without being looked at closely.
    private let room: Int

    init(_ property: Property) {
        let type = property.columnType
        (self.type, kind) = (type, property.kind)
        (form, room) =
            switch type.category {
            case .bool: (.bool, 0)
            case .int2: (.int2, 0)
            case .int4: (.int4, 0)
            case .int8: (.int8, 0)
            case .float8: (.float8, 0)
            case .numeric: (.numeric, type.precision.map { max(0, $0 - (type.scale ?? 0)) } ?? .max)
            case .text where type.oid == ColumnType.name.oid: (.other, 0)
            case .text: (.text, type.length ?? .max)
            case .date: (.date, 0)
            case .timestamp, .timestamptz: (.instant, 0)
            case .uuid: (.uuid, 0)
            default: (.other, 0)
            }
    }

    /// The value that JSON stands for; nil where it is none of the type, or too much of it. Not for NULL.
    func contents(_ json: JSONValue) -> BoundValue.Contents? {
        if let plain = plain(json) { return plain }
        guard let contents = ValueReader.contents(json, type, kind), ColumnRoom(type).excess(contents) == nil else {
            return nil
        }
        return contents
    }

    @inline(__always)
    private func plain(_ json: JSONValue) -> BoundValue.Contents? {
        switch json {
        case .number(let text):
            switch form {
            case .int4: text.read { PlainText.integer($0).flatMap { Int32(exactly: $0) }.map { .integer(Int64($0)) } }
            case .int8: text.read { PlainText.integer($0).map { .integer($0) } }
            case .int2: text.read { PlainText.integer($0).flatMap { Int16(exactly: $0) }.map { .integer(Int64($0)) } }
            case .float8: text.read { PlainText.double($0).map { .double($0) } }
            case .numeric:
                text.read { PlainText.integerDigits(ofPlain: $0).map { $0 <= room } } == true ? .numeric(text) : nil
            default: nil
            }
        case .string(let text):
            switch form {
            case .text: text.read { $0.count <= room && !$0.contains(0) } == true ? .text(text) : nil
            case .instant: text.read { PlainText.instant($0).map { .timestamp($0) } }
            case .date: text.read { $0.count == 10 ? PlainText.day($0).map { .date($0) } : nil }
            case .uuid: text.read { PlainText.uuid($0).map { .uuid($0, $1) } }
            default: nil
            }
        case .bool(let flag): form == .bool ? .bool(flag) : nil
        default: nil
        }
    }
}

extension String {
    /// What is read of its bytes; nil as well where it hasn't them at hand.
    @inline(__always)
    func read<Value>(_ body: (UnsafeRawBufferPointer) -> Value?) -> Value? {
        utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) } ?? nil
    }
}
