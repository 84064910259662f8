// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A PostgreSQL regular expression (an ARE), matched in time linear in the text, whatever the expression.
///
/// What is not known here are back references, lookaround, newline-sensitive and expanded syntax: these are an error.
/// Letters beyond ASCII are those of Unicode.
struct RegularExpression: Sendable {
    /// Why a text can't be matched with.
    enum Failure: Error, Hashable {
        /// It is no regular expression: what is wrong.
        case invalid(String)
        /// PostgreSQL knows it, this matcher does not: what.
        case unsupported(String)
        /// It comes to more than ``RegularExpressionProgram/maximumSize`` steps.
        case tooLarge
    }

    /// What can stand between two characters.
    enum Assertion: Sendable {
        case start, end, wordStart, wordEnd, wordBoundary, noWordBoundary
    }

    /// One step of the machine.
    enum Instruction: Sendable {
        case set(ScalarSet)
        case assertion(Assertion)
        /// Goes on at both places.
        case split(Int, Int)
        case jump(Int)
        case match
    }

    private let program: [Instruction]
    /// What a look at each instruction costs.
    private let weights: [Int]

    init(_ text: String, ignoringCase: Bool) throws(Failure) {
        var parser = RegularExpressionParser(text, ignoringCase: ignoringCase)
        program = try RegularExpressionProgram(try parser.parse()).instructions
        weights = program.map { if case .set(let set) = $0 { set.weight } else { 1 } }
    }

    /// Whether the expression matches somewhere in the text. Takes as many steps as the text has characters, multiplied by the
    /// places in the expression that can be reached at once.
    func matches(_ text: String, _ budget: inout StepBudget) throws -> Bool {
        // The characters as an array, and the states.
        try budget.spend(1 + text.utf8.count / 4 + program.count / 8)
        let scalars = Array(text.unicodeScalars)
        var current = States(program.count)
        var next = States(program.count)
        for position in 0...scalars.count {
            // A match can begin anywhere.
            if add(0, to: &current, scalars, position) { return true }
            guard position < scalars.count else { break }
            next.removeAll()
            var steps = 1
            for state in current.list {
                steps &+= weights[state]
                if case .set(let set) = program[state], set.contains(scalars[position]),
                    add(state + 1, to: &next, scalars, position + 1)
                {
                    return true
                }
            }
            try budget.spend(steps)
            swap(&current, &next)
        }
        return false
    }

    /// A set of states, each once.
    private struct States {
        var list: [Int] = []
        /// What is still to be followed while a state is added: here so that it is made once.
        var pending: [Int] = []
        private var isMember: [Bool]

        init(_ count: Int) { isMember = Array(repeating: false, count: count) }

        mutating func insert(_ state: Int) -> Bool {
            if isMember[state] { return false }
            isMember[state] = true
            list.append(state)
            return true
        }

        mutating func removeAll() {
            for state in list { isMember[state] = false }
            list.removeAll(keepingCapacity: true)
        }
    }

    /// Adds a state and all that it leads to without a character; true when the expression has matched.
    private func add(_ state: Int, to states: inout States, _ text: [Unicode.Scalar], _ position: Int) -> Bool {
        states.pending.append(state)
        while let state = states.pending.popLast() {
            guard states.insert(state) else { continue }
            switch program[state] {
            case .match: return true
            case .set: break
            case .jump(let target): states.pending.append(target)
            case .split(let one, let other):
                states.pending.append(other)
                states.pending.append(one)
            case .assertion(let assertion):
                if Self.holds(assertion, text, position) { states.pending.append(state + 1) }
            }
        }
        return false
    }

    private static func holds(_ assertion: Assertion, _ text: [Unicode.Scalar], _ position: Int) -> Bool {
        let before = position > 0 && ScalarSet.isWord(text[position - 1])
        let after = position < text.count && ScalarSet.isWord(text[position])
        return switch assertion {
        case .start: position == 0
        case .end: position == text.count
        case .wordStart: !before && after
        case .wordEnd: before && !after
        case .wordBoundary: before != after
        case .noWordBoundary: before == after
        }
    }
}

/// The instructions for a parsed expression.
struct RegularExpressionProgram {
    /// More would be no expression that a person wrote, and each character of a text may cost as much; PostgreSQL has a limit as
    /// well.
    static let maximumSize = 2_000

    private(set) var instructions: [RegularExpression.Instruction] = []
    /// Repeated groups count though they may emit nothing, and the ranges in a set.
    private var steps = 0

    init(_ node: RegularExpressionParser.Node) throws(RegularExpression.Failure) {
        try emit(node)
        try append(.match)
    }

    private mutating func append(_ instruction: RegularExpression.Instruction) throws(RegularExpression.Failure) {
        guard instructions.count < Self.maximumSize else { throw .tooLarge }
        instructions.append(instruction)
    }

    private mutating func emit(_ node: RegularExpressionParser.Node) throws(RegularExpression.Failure) {
        if case .set(let set) = node { steps += set.weight } else { steps += 1 }
        guard steps <= Self.maximumSize else { throw .tooLarge }
        switch node {
        case .set(let set): try append(.set(set))
        case .assertion(let assertion): try append(.assertion(assertion))
        case .sequence(let nodes): for node in nodes { try emit(node) }
        case .alternation(let branches):
            var ends: [Int] = []
            for (position, branch) in branches.enumerated() {
                guard position < branches.count - 1 else {
                    try emit(branch)
                    break
                }
                let split = instructions.count
                try append(.jump(0))
                try emit(branch)
                ends.append(instructions.count)
                try append(.jump(0))
                instructions[split] = .split(split + 1, instructions.count)
            }
            for end in ends { instructions[end] = .jump(instructions.count) }
        case .repetition(let node, let minimum, let maximum):
            for _ in 0..<minimum { try emit(node) }
            guard let maximum else {
                let split = instructions.count
                try append(.jump(0))
                try emit(node)
                try append(.jump(split))
                instructions[split] = .split(split + 1, instructions.count)
                return
            }
            var splits: [Int] = []
            for _ in minimum..<maximum {
                splits.append(instructions.count)
                try append(.jump(0))
                try emit(node)
            }
            for split in splits { instructions[split] = .split(split + 1, instructions.count) }
        }
    }
}
