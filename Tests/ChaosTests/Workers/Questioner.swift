// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// Asks questions in every way there is, statements shared with all others, and looks whether the answers are to them.
struct Questioner: Worker {
    let client: Client

    func step(_ random: inout SeededRandom) async {
        switch random.number(0...9) {
        case 0...3: await single(&random)
        case 4, 5: await pipeline(&random)
        case 6: await outcomes(&random)
        case 7: await lease(&random)
        case 8: await transaction(&random)
        default: await limited(&random)
        }
    }

    private func single(_ random: inout SeededRandom) async {
        let question = Question(tag: client.history.newToken(), &random)
        let timeout: Duration? = random.once(in: 8) ? .milliseconds(random.number(1...25)) : nil
        _ = await client.perform(
            "question", statements: 1, cancelledAfter: client.cancellation(once: 6, &random),
            ownCauses: timeout == nil ? [] : [ErrorCode.statementTimeout]
        ) {
            let rows = try await client.pool.execute(try question.statement(), timeout: timeout)
            try client.look(at: rows, of: question)
        }
    }

    private func pipeline(_ random: inout SeededRandom) async {
        let questions = client.questions(random.number(2...12), &random)
        _ = await client.perform(
            "pipeline", statements: 1, cancelledAfter: client.cancellation(once: 6, &random)
        ) {
            let results = try await client.pool.pipeline(try questions.map { try $0.statement() })
            try look(at: results, of: questions)
        }
    }

    /// A pipeline whose statements are answered one by one, one of them wrong.
    private func outcomes(_ random: inout SeededRandom) async {
        let questions = client.questions(random.number(2...8), &random)
        let wrong = random.number(0...questions.count)
        _ = await client.perform("outcomes", statements: 1, cancelledAfter: client.cancellation(once: 6, &random)) {
            var statements = try questions.map { try $0.statement() }
            statements.insert(Statement("select 1 / (random() * 0)::int"), at: wrong)
            let outcomes = try await client.pool.withConnection { try await $0.pipelineOutcomes(statements) }
            for (index, outcome) in outcomes.enumerated() {
                switch outcome {
                case .success(let rows) where index < wrong: try client.look(at: rows, of: questions[index])
                case .success: client.history.found(Finding(.swapped, "statement \(index) answers, \(wrong) is wrong"))
                case .failure(let error) where error.sqlState == "22012" || error.server == nil && index > wrong: break
                case .failure(let error): throw error
                }
            }
        }
    }

    private func lease(_ random: inout SeededRandom) async {
        let questions = client.questions(random.number(1...4), &random)
        _ = await client.perform(
            "lease", statements: questions.count, cancelledAfter: client.cancellation(once: 5, &random)
        ) {
            try await client.pool.withConnection { connection in
                for question in questions {
                    try client.look(at: try await connection.execute(try question.statement()), of: question)
                }
            }
        }
    }

    private func transaction(_ random: inout SeededRandom) async {
        let questions = client.questions(random.number(1...4), &random)
        let isOneTrip = random.once(in: 2)
        _ = await client.perform(
            "reading transaction", statements: questions.count + 1,
            cancelledAfter: client.cancellation(once: 5, &random)
        ) {
            try await client.pool.withConnection { connection in
                if isOneTrip {
                    let results = try await connection.pipeline(
                        try questions.map { try $0.statement() }, isolation: .repeatableRead, readOnly: true)
                    return try look(at: results, of: questions)
                }
                try await connection.withTransaction(isolation: .repeatableRead, readOnly: true) { connection in
                    for question in questions {
                        try client.look(at: try await connection.execute(try question.statement()), of: question)
                    }
                }
            }
        }
    }

    /// A result that is cut short when it is larger than allowed, with much of it under way.
    private func limited(_ random: inout SeededRandom) async {
        let question = Question(.rows, tag: client.history.newToken(), size: Int32(random.number(1...4_000)))
        _ = await client.perform(
            "limited", statements: 1, cancelledAfter: client.cancellation(once: 8, &random),
            ownCauses: [ErrorCode.tooLarge]
        ) {
            let limits = ResultLimits(rows: 300)
            let rows = try await client.pool.execute(try question.statement(), limits: limits)
            try client.look(at: rows, of: question)
        }
    }

    private func look(at results: [RowSet], of questions: [Question]) throws {
        if results.count != questions.count {
            client.history.found(Finding(.swapped, "\(questions.count) questions have \(results.count) answers"))
        }
        for (rows, question) in zip(results, questions) { try client.look(at: rows, of: question) }
    }
}
