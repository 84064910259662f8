// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What must not be shown of the records that a property holds: hidden and protected properties of the models they are of,
/// at any depth (K5).
///
/// ```swift
/// if let concealment = Concealment(property, of: customer, in: schema) {
///     let shown = concealment.visible(json)
/// }
/// ```
///
/// A property holds records when an embedsOne or embedsMany keeps them there, or when its type is a model or a list of one.
package struct Concealment: Sendable {
    /// What is known of records of one model.
    private struct Rule: Sendable {
        var model: Model.ID
        /// Members that are not shown.
        var concealed: [String] = []
        /// Members that hold records, with the rules of those.
        var holders: [(name: String, rule: Int)] = []
    }

    /// What a member of a record is.
    package enum Member {
        /// Not shown.
        case concealed
        /// What holds records in turn, with their rule.
        case holder(Int)
        /// Shown as it is.
        case open
    }

    /// What is at a path.
    package enum Place: Sendable {
        /// A member that is not shown, of a model.
        case concealed(String, Model.ID)
        /// What a model doesn't know: what a server reads it as is not for this side to guess.
        case unknown(String, Model.ID)
        /// Records of which something is not shown.
        case records(Concealment)
        /// Nothing that is not shown.
        case open
    }

    private var rules: [Rule]
    /// The rule of the records here.
    private(set) var root = 0

    /// - Returns: nil when all that the property holds may be shown.
    package init?(_ property: Property, of model: Model, in schema: Schema) {
        guard let target = schema.model(ofRecordsIn: property, of: model) else { return nil }
        self.init(target, in: schema, showsMembers: false)
    }

    /// For records of which the own members have been chosen already: what they hold in turn.
    ///
    /// - Returns: nil when all of that may be shown.
    package init?(insideRecordsOf model: Model, in schema: Schema) {
        self.init(model.id, in: schema, showsMembers: true)
    }

    private init?(_ model: Model.ID, in schema: Schema, showsMembers: Bool) {
        rules = [Rule(model: model)]
        var position = 0
        while position < rules.count {
            let model = schema[rules[position].model]
            let showsAll = position == 0 && showsMembers
            if !showsAll { rules[position].concealed = model.hiddenNames.union(model.protectedNames).sorted() }
            for property in model.properties where showsAll || !(property.isHidden || property.isProtected) {
                if let target = schema.model(ofRecordsIn: property, of: model) {
                    // The root that shows its members is no rule for records further down.
                    let known = rules.indices.first { rules[$0].model == target && ($0 > 0 || !showsMembers) }
                    if known == nil { rules.append(Rule(model: target)) }
                    rules[position].holders.append((property.name, known ?? rules.count - 1))
                }
            }
            position += 1
        }
        guard rules.contains(where: { !$0.concealed.isEmpty }) else { return nil }
    }

    /// The JSON without the members that are not to be shown; lists are of records.
    package func visible(_ json: JSONValue) -> JSONValue { visible(json, root) }

    private func visible(_ json: JSONValue, _ position: Int) -> JSONValue {
        let rule = rules[position]
        switch json {
        case .array(let elements): return .array(elements.map { visible($0, position) })
        case .object(let members):
            return .object(
                members.compactMap { member in
                    if rule.concealed.contains(where: { $0.hasSameBytes(as: member.key) }) { return nil }
                    guard let holder = rule.holders.first(where: { $0.name.hasSameBytes(as: member.key) }) else {
                        return member
                    }
                    return .init(member.key, visible(member.value, holder.rule))
                })
        default: return json
        }
    }

    /// What a member is by its key, as it is written in JSON, in quotes.
    package func member(_ key: UnsafeRawBufferPointer, of position: Int) -> Member {
        let rule = rules[position]
        let inner = UnsafeRawBufferPointer(rebasing: key.dropFirst().dropLast())
        guard !inner.contains(UInt8(ascii: "\\")) else {
            guard let text = try? JSONValue(parsing: Array(key)).text else { return .concealed }
            return member(rule) { $0.hasSameBytes(as: text) }
        }
        return member(rule) { $0.utf8.elementsEqual(inner) }
    }

    private func member(_ rule: Rule, _ isNamed: (String) -> Bool) -> Member {
        if rule.concealed.contains(where: isNamed) { return .concealed }
        return rule.holders.first { isNamed($0.name) }.map { .holder($0.rule) } ?? .open
    }

    /// What is at the end of a path.
    ///
    /// The server reads a step into a list as C's `strtol` does, white space, signs and zeros ahead included, so a step is
    /// only taken for one when it is written as a position is. Whatever else is no member that is known to be shown leads
    /// nowhere.
    package func place(at path: [String], in schema: Schema) -> Place {
        var position = root
        for step in path {
            let rule = rules[position]
            if rule.concealed.contains(where: { $0.hasSameBytes(as: step) }) { return .concealed(step, rule.model) }
            if let holder = rule.holders.first(where: { $0.name.hasSameBytes(as: step) }) {
                position = holder.rule
            } else if !step.isListPosition {
                return schema[rule.model].property(step) == nil ? .unknown(step, rule.model) : .open
            }
        }
        var records = self
        records.root = position
        return records.isOpen ? .open : .records(records)
    }

    /// Whether nothing that can be reached from the root is concealed.
    private var isOpen: Bool {
        var reached: Set<Int> = [root]
        var open = [root]
        while let position = open.popLast() {
            if !rules[position].concealed.isEmpty { return false }
            for holder in rules[position].holders where reached.insert(holder.rule).inserted {
                open.append(holder.rule)
            }
        }
        return true
    }
}

extension String {
    /// Whether it is a position in a list as one writes it: ASCII digits without zeros ahead; counted from the end with a minus.
    fileprivate var isListPosition: Bool {
        let digits = utf8.first == UInt8(ascii: "-") ? utf8.dropFirst() : utf8[...]
        guard let first = digits.first, digits.count <= 9, digits.allSatisfy({ (48...57).contains($0) }) else {
            return false
        }
        return first != UInt8(ascii: "0") || (digits.count == 1 && utf8.count == 1)
    }
}

extension Schema {
    /// The model of the records that a property holds, nil when it holds none.
    package func model(ofRecordsIn property: Property, of model: Model) -> Model.ID? {
        switch property.kind {
        case .number, .boolean, .date, .buffer, .geopoint: return nil
        case .string, .object, .any, .array, .model: break
        }
        // Another property may be kept in the same column.
        let holder = model.relations.first { relation in
            relation.embedded.map { $0 == property.id || model.properties[$0].column == property.column } ?? false
        }
        if let holder { return holder.target }
        var kind = property.kind
        while case .array(let element) = kind { kind = element }
        guard case .model(let name) = kind else { return nil }
        return modelIDs[name]
    }
}
