// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser
internal import Kinship
internal import RelationPlanner

/// Measures what is done before the first statement is sent: finding or making the plan of a request, and binding its values.
struct PlanningCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "planning", abstract: "Measures the CPU of a request before its statement is sent.",
        discussion: """
            Nothing is asked of the server but its catalog. Of each request the shortest run is shown; one that takes longer \
            than it should is marked with an exclamation mark.
            """)

    @OptionGroup var server: ServerOptions

    @Option(help: "How often each is measured; the shortest time is shown.")
    var runs = 20

    @Option(help: "The numbers of those to measure, separated by commas; default: all.")
    var only: String?

    func validate() throws {
        if !(1...20).contains(runs) { throw ValidationError("--runs must be between 1 and 20.") }
    }

    func run() async throws {
        let chosen = only.map { $0.split(separator: ",").compactMap { Int($0) } }
        try await server.withDatabase { place in
            let library = try await KinshipContestant(
                place.connection, models: BenchmarkData(directory: server.data).models)
            var rows = [["", "", "CPU µs", "at most"]]
            for (index, question) in try PlanningQuestion.all().enumerated()
            where chosen?.contains(index + 1) ?? true {
                let microseconds = try await shortest(question, library.database)
                rows.append([
                    question.name, question.state,
                    Report.number(microseconds, 1) + (microseconds > question.most ? "!" : " "),
                    Report.number(question.most, 0),
                ])
            }
            await library.close()
            print(Report.table(rows))
        }
    }

    private func shortest(_ question: PlanningQuestion, _ database: Database) async throws -> Double {
        // The plan is made at the first, and which value goes where is known after the second.
        for request in question.warmUps { try request.rehearse(in: database) }
        var shortest = Double.infinity
        for run in 0..<runs {
            let count = question.count
            let (_, sample) = try await Sample.measure {
                for index in run * count..<(run + 1) * count {
                    try question.requests[index % question.requests.count].rehearse(in: database)
                }
            }
            shortest = min(shortest, sample.cpu * 1e6 / Double(count))
        }
        return shortest
    }
}
