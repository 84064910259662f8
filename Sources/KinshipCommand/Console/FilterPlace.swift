// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

/// Where the end of a filter is that is being typed: what may come there, and what of it is there already.
struct FilterPlace {
    /// What a value, or the members of an object, are about.
    private indirect enum Topic {
        case filter(Model)
        case condition(Model)
        case operators
        case related(Model)
        case include(Model)
        case relationName(Model)
        case names(Model)
        case unknown
    }

    /// An object or a list that is open.
    private struct Frame {
        var topic: Topic
        var isObject: Bool
        /// The key that is being given a value.
        var key: String?
        /// The relation that an include's object names.
        var relation: String?
    }

    private let schema: Schema
    private var frames: [Frame] = []
    private let root: Topic

    /// What is there of the word.
    private(set) var partial = ""
    /// Whether the word has its first quote.
    private(set) var isOpen = false
    /// Whether a word may stand here at all.
    private var isFree = true

    /// The quote that a word here begins with, where it isn't there yet.
    var begin: String { isOpen ? "" : "\"" }

    init(in text: Substring, of model: Model, in schema: Schema, isCondition: Bool) {
        self.schema = schema
        root = isCondition ? .condition(model) : .filter(model)
        read(Array(text))
    }

    // MARK: Reading

    private mutating func read(_ text: [Character]) {
        var position = 0
        while position < text.count {
            switch text[position] {
            case "{": open(isObject: true)
            case "[": open(isObject: false)
            case "}", "]":
                _ = frames.popLast()
                isFree = false
            case ",":
                if frames.last?.isObject == true { frames[frames.count - 1].key = nil }
                isFree = true
            case ":": isFree = true
            case "\"":
                var word = ""
                position += 1
                while position < text.count, text[position] != "\"" {
                    // What is escaped ends nothing.
                    if text[position] == "\\", position + 1 < text.count { position += 1 }
                    word.append(text[position])
                    position += 1
                }
                guard position < text.count else {
                    (partial, isOpen) = (word, true)
                    return
                }
                take(word)
            case _ where text[position].isWhitespace: break
            default: isFree = false
            }
            position += 1
        }
    }

    private mutating func open(isObject: Bool) {
        frames.append(Frame(topic: topic, isObject: isObject))
        isFree = true
    }

    private mutating func take(_ word: String) {
        isFree = false
        guard let last = frames.indices.last, frames[last].isObject else { return }
        if frames[last].key == nil {
            frames[last].key = word
        } else if frames[last].key == "relation" {
            frames[last].relation = word
        }
    }

    /// What a value at the end is about.
    private var topic: Topic {
        guard let frame = frames.last else { return root }
        guard frame.isObject else { return frame.topic }
        guard let key = frame.key else { return .unknown }
        switch frame.topic {
        case .filter(let model):
            switch key {
            case "where": return .condition(model)
            case "include": return .include(model)
            case "order", "fields": return .names(model)
            default: return .unknown
            }
        case .condition(let model):
            if ["and", "or", "nor"].contains(key) { return .condition(model) }
            if model.property(key) != nil { return .operators }
            return target(key, of: model).map { .related($0) } ?? .unknown
        case .related(let model): return .condition(model)
        case .include(let model):
            switch key {
            case "relation": return .relationName(model)
            case "scope": return frame.relation.flatMap { target($0, of: model) }.map { .filter($0) } ?? .unknown
            default: return target(key, of: model).map { .include($0) } ?? .unknown
            }
        case .operators, .relationName, .names, .unknown: return .unknown
        }
    }

    private func target(_ relation: String, of model: Model) -> Model? {
        model.relation(relation)?.target.map { schema[$0] }
    }

    // MARK: Offering

    /// The words that may stand at the end.
    var candidates: [String] {
        guard isFree else { return [] }
        if let frame = frames.last, frame.isObject, frame.key == nil { return keys(frame.topic) }
        switch topic {
        case .include(let model), .relationName(let model): return relations(model)
        case .names(let model): return properties(model)
        default: return []
        }
    }

    private func keys(_ topic: Topic) -> [String] {
        switch topic {
        case .filter: FilterReader.filterKeys
        case .condition(let model): properties(model) + relations(model) + ["and", "or", "nor"]
        case .operators: FilterReader.operators
        case .related: ["some", "every", "none", "is", "isNot"]
        case .include(let model): ["relation", "scope"] + relations(model)
        case .names(let model): properties(model)
        case .relationName, .unknown: []
        }
    }

    /// Those that may be asked about.
    private func properties(_ model: Model) -> [String] { model.properties.filter { !$0.isHidden }.map(\.name) }

    private func relations(_ model: Model) -> [String] {
        model.relations.filter { !$0.isHidden && !$0.includeDisabled }.map(\.name)
    }
}
