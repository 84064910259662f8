// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Makes inputs for a target.
struct FuzzInput {
    private let target: FuzzTarget
    private var mutation: TreeMutation

    init(_ target: FuzzTarget, _ words: [String], _ pieces: [JSONValue], _ random: SeededRandom) {
        self.target = target
        mutation = TreeMutation(random: random, words: words, pieces: pieces)
    }

    /// The input of an index: each seed comes as it is before it comes mutated.
    mutating func make(_ index: Int) -> FuzzRequest {
        let isFirst = index < target.seeds.count
        let (model, filter) =
            isFirst ? target.seeds[index] : mutation.random.pick(target.seeds, (model: "", filter: .null))
        if isFirst { return .json(model: model, filter) }
        switch mutation.random.number(0...19) {
        case 0: return .json(model: model, random(depth: 0))
        case 1...3:
            let words = mutation.words + TreeMutation.operators
            return .bytes(model: model, mutation.random.mutated(Array(filter.description.utf8), words: words))
        case 4...5: return .query(model: model, query(mutation.mutated(filter)))
        case 6...7: return .count(model: model, mutation.mutated(filter["where"] ?? .object([])))
        case 8: return .key(model: model, mutation.oddity())
        case 9...12: return .json(model: model, crossed(filter, model))
        case 13: return .keys(model: model, (0..<mutation.random.number(0...4)).map { _ in mutation.oddity() })
        default: return .json(model: model, mutation.mutated(filter))
        }
    }

    /// The filter with parts of another one of its model, perhaps changed: more of these are accepted.
    private mutating func crossed(_ filter: JSONValue, _ model: String) -> JSONValue {
        var members = filter.members ?? []
        for _ in 0..<8 {
            let other = mutation.random.pick(target.seeds, (model: "", filter: .null))
            guard other.model == model, let part = other.filter.members?.randomElement(using: &mutation.random) else {
                continue
            }
            members.removeAll { $0.key == part.key && part.key != "where" }
            if part.key == "where", let at = members.firstIndex(where: { $0.key == "where" }) {
                let word = mutation.random.pick(["and", "or", "nor"])
                members[at].value = .object([.init(word, [members[at].value, part.value])])
            } else {
                members.append(part)
            }
        }
        return mutation.random.once(in: 2) ? .object(members) : mutation.mutated(.object(members))
    }

    /// JSON that nobody meant as a filter.
    private mutating func random(depth: Int) -> JSONValue {
        switch mutation.random.number(0...(depth > 6 ? 1 : 4)) {
        case 0: return .string(mutation.word())
        case 1: return mutation.oddity()
        case 2: return .array((0..<mutation.random.number(0...3)).map { _ in random(depth: depth + 1) })
        default:
            return .object(
                (0..<mutation.random.number(0...3)).map { _ in
                    JSONValue.Member(mutation.word(), random(depth: depth + 1))
                }.withoutRepeats)
        }
    }

    /// The filter in brackets, perhaps with a byte gone wrong.
    private mutating func query(_ filter: JSONValue) -> String {
        if mutation.random.once(in: 4) { return "filter=" + escaped(filter.description) }
        var parts: [String] = []
        flatten(filter, "filter", &parts)
        let text = parts.joined(separator: "&")
        if !mutation.random.once(in: 4) { return text }
        let bytes = mutation.random.mutated(
            Array(text.utf8), words: ["[", "]", "[]", "&", "=", "%", "%00", "%FF", "%zz", "+"])
        return String(decoding: bytes, as: UTF8.self)
    }

    private func flatten(_ json: JSONValue, _ name: String, _ parts: inout [String]) {
        switch json {
        case .object(let members):
            for member in members { flatten(member.value, "\(name)[\(escaped(member.key))]", &parts) }
        case .array(let elements):
            for (position, element) in elements.enumerated() { flatten(element, "\(name)[\(position)]", &parts) }
        case .string(let text): parts.append("\(name)=\(escaped(text))")
        case .null: parts.append("\(name)=")
        default: parts.append("\(name)=\(escaped(json.description))")
        }
    }

    private func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return escaped
    }
}
