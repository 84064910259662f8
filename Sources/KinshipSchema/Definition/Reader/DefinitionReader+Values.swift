// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Values as people write them: what is meant is read with a warning, what can't be is a problem.
extension DefinitionReader {
    mutating func object(_ json: JSONValue, _ path: String, keepsBack: Bool = false) -> [JSONValue.Member]? {
        switch json {
        case .object(let members): return members
        case .null: return []
        default:
            problem(path, "An object is expected here, not \(json.kindName).", keepsBack: keepsBack)
            return nil
        }
    }

    /// The members of an object; an empty list is none.
    mutating func members(_ json: JSONValue, _ path: String) -> [JSONValue.Member] {
        if case .array(let elements) = json, elements.isEmpty {
            warn(.oddValue, path, "An object is expected here; the empty list is read as {}.")
            return []
        }
        return object(json, path) ?? []
    }

    /// A filter; a text that holds one as JSON is read as that.
    mutating func scope(
        _ json: JSONValue, _ path: String, relation: String? = nil, keepsBack: Bool = false
    ) -> JSONValue? {
        if case .string(let text) = json {
            if text.allSatisfy(\.isWhitespace) { return nil }
            if let parsed = try? JSONValue(parsing: Array(text.utf8)), case .object = parsed {
                warn(.oddValue, path, "The scope is a text; it is read as the filter in it.", relation: relation)
                return parsed
            }
            if !keepsBack {
                warn(
                    .oddValue, path, "The scope is a text that is no filter; it has no effect, as in LoopBack.",
                    relation: relation)
                return nil
            }
        }
        guard json != .null, object(json, path, keepsBack: keepsBack || relation != nil) != nil else { return nil }
        return json
    }

    mutating func string(_ json: JSONValue, _ path: String, keepsBack: Bool = false) -> String? {
        switch json {
        case .string(let text): return text.isEmpty ? nil : text
        case .null: return nil
        default:
            problem(path, "A string is expected here, not \(json.kindName).", keepsBack: keepsBack)
            return nil
        }
    }

    /// The property that says whose a record is: its name, or an object with that.
    mutating func tenant(_ json: JSONValue, _ path: String) -> String? {
        var name = json
        if case .object(let members) = json {
            for member in members where member.key != "property" {
                problem(path, "\"tenant\" has no \"\(member.key)\": it is {\"property\": …}.", keepsBack: true)
            }
            name = json["property"] ?? .null
        }
        guard case .string(let text) = name, !text.isEmpty else {
            problem(path, "\"tenant\" names the property that says whose a record is.", keepsBack: true)
            return nil
        }
        return text
    }

    mutating func flag(_ json: JSONValue, _ path: String) -> Bool? {
        let flag: Bool
        switch json {
        case .bool(let flag): return flag
        case .null: return nil
        case .string(let text) where text.lowercased() == "true": flag = true
        case .string(let text) where text.lowercased() == "false": flag = false
        case .string("1"), .number("1"): flag = true
        case .string("0"), .number("0"): flag = false
        default:
            problem(path, "true or false is expected here, not \(json.kindName).")
            return nil
        }
        warn(.oddValue, path, "true or false is expected here; \(json.description) is read as \(flag).")
        return flag
    }

    /// A length or the like, which only a migration needs.
    mutating func count(_ json: JSONValue, _ path: String) -> Int? {
        switch json {
        case .null: return nil
        case .number(let text):
            if let value = DecimalText(text)?.int64, value >= 0, value <= Int64(Int32.max) { return Int(value) }
        case .string(let text):
            if let value = DecimalText(text.trimmingSpace)?.int64, value >= 0, value <= Int64(Int32.max) {
                warn(.oddValue, path, "A number is expected here; \(json.description) is read as \(value).")
                return Int(value)
            }
        default: break
        }
        warn(
            .oddValue, path,
            "A whole number from 0 to 2147483647 is expected here; \(json.description) is read as no limit at all.")
        return nil
    }

    /// One name, or a list of them.
    mutating func names(_ json: JSONValue, _ path: String, keepsBack: Bool = false) -> [String] {
        switch json {
        case .string(let text): return text.isEmpty ? [] : [text]
        case .null: return []
        case .array(let elements):
            return elements.enumerated().compactMap {
                string($0.element, "\(path)[\($0.offset)]", keepsBack: keepsBack)
            }
        default:
            problem(path, "A name or a list of names is expected here, not \(json.kindName).", keepsBack: keepsBack)
            return []
        }
    }

    /// A list of names that are kept back, or an object of those that are true.
    mutating func flagged(_ json: JSONValue, _ path: String) -> [String] {
        guard case .object(let members) = json else { return names(json, path, keepsBack: true) }
        return members.filter { flag($0.value, "\(path).\($0.key)") ?? true }.map(\.key)
    }

    /// Descriptions may be written as a list of lines.
    func summary(_ json: JSONValue) -> String? {
        switch json {
        case .string(let text): text
        case .array(let lines): lines.compactMap(\.text).joined(separator: "\n")
        default: nil
        }
    }
}
