// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

package import Libpq
package import Logging
import RelationPlanner

/// All that can be found out about model files, also when some of it is wrong: what holds is looked at further without the rest.
///
/// ```swift
/// var survey = SchemaSurvey(paths: ["models"], tableSchema: nil, leniency: .strict)
/// try await survey.hold(against: configuration, pool: pool, logger: logger)
/// print(survey.problems, survey.warnings)
/// ```
package struct SchemaSurvey {
    /// What is wrong.
    package private(set) var problems: [PlannerError] = []
    /// What is odd.
    package private(set) var warnings: [DefinitionWarning] = []

    /// The files as they are to be read, and without what is wrong in parts.
    private let strict: DefinitionReading
    private let lenient: DefinitionReading
    /// What is wrong with models as a whole, so that nothing more can be said of them.
    private var vital: [PlannerError] = []
    /// What holds; nil when nothing does.
    private var schema: Schema?

    /// Looks at the files of folders, each an application or a folder of model files.
    package init(paths: [String], tableSchema: String?, leniency: Leniency) {
        var strict = SchemaLoader.reading(paths, leniency)
        var lenient = SchemaLoader.reading(paths, .lenient)
        SchemaLoader.place(&strict, in: tableSchema)
        SchemaLoader.place(&lenient, in: tableSchema)
        (self.strict, self.lenient) = (strict, lenient)
        look(in: nil)
    }

    /// Holds what can be against a database.
    ///
    /// - Throws: ``PostgresError``; what was found before stays.
    /// - Note: Seven statements in one round trip.
    package mutating func hold(
        against connection: ConnectionConfiguration, pool configuration: PoolConfiguration, logger: Logger
    ) async throws {
        guard let schema else { return }
        let pool = ConnectionPool(configuration: configuration, connection: connection, logger: logger)
        let catalog: Catalog
        do {
            try await pool.start()
            catalog = try await pool.withConnection { try await CatalogReader.read(for: schema, on: $0) }
        } catch {
            await pool.shutdown(deadline: .seconds(1))
            throw error
        }
        await pool.shutdown(deadline: .seconds(1))
        look(in: catalog)
    }

    private mutating func look(in catalog: Catalog?) {
        let reading = vital.isEmpty ? strict : strict.without(vital) ?? strict
        do {
            let schema = try reading.schema(in: catalog)
            (self.schema, warnings) = (schema, schema.warnings)
        } catch {
            let new = error.problems.filter { isNew($0) }
            problems += new
            findWhatHolds(in: catalog)
        }
    }

    /// The schema without what is wrong, model by model if need be, and its warnings.
    private mutating func findWhatHolds(in catalog: Catalog?) {
        var reading = vital.isEmpty ? lenient : lenient.without(vital)
        while let current = reading {
            do {
                let schema = try current.schema(in: catalog)
                self.schema = schema
                return warnings = schema.warnings.filter { !isTold($0) }
            } catch {
                if catalog == nil { vital += error.problems }
                reading = current.without(error.problems)
            }
        }
    }

    // MARK: Once

    /// Whether an error says something that isn't told yet: not the column either that a relation would need which can't be made.
    private func isNew(_ error: PlannerError) -> Bool {
        let isTold = problems.contains { ($0.code, $0.file, $0.path) == (error.code, error.file, error.path) }
        guard !isTold else { return false }
        guard let property = error.property, error.path == "properties.\(property)",
            problems.contains(where: { $0.relation != nil })
        else { return true }
        return strict.definitions.contains { $0.properties.contains { $0.name == property } }
    }

    /// Whether what was left out is told as a problem.
    private func isTold(_ warning: DefinitionWarning) -> Bool {
        guard [.leftOut, .missingTable, .unknownName].contains(warning.code) else { return false }
        return problems.contains { $0.file == warning.file && $0.path == warning.path }
    }
}
