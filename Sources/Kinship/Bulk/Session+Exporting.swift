// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// The records that a filter asks for, as lines of JSON or as CSV, however many there are.
    ///
    /// ```swift
    /// for try await piece in try database.exportRecords(of: "Order", filter: ["where": ["status": "open"]], format: .csv) {
    ///     print(String(decoding: piece, as: UTF8.self), terminator: "")
    /// }
    /// ```
    ///
    /// They are written as ``Graph/jsonLines(_:)`` does, with microseconds: what ``importRecords(into:from:format:onConflict:key:onError:takesKeys:isDryRun:timeout:isolation:progress:)``
    /// makes of it again is the same. Hidden properties are never among them. CSV has a column for each property that is shown,
    /// and no place for related records.
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - scopes: named scopes of the model.
    ///   - filter: a filter as for ``stream(_:scopes:filter:batchSize:fileID:line:)``, with `include` for lines of JSON.
    ///   - format: how they are written.
    ///   - batchSize: how many records are fetched at a time.
    ///   - fileID: leave it out; the log names it when an export holds its connection for long.
    ///   - line: likewise.
    /// - Throws: ``PlannerError`` as ``stream(_:scopes:filter:batchSize:fileID:line:)``, before anything is sent; `UNSUPPORTED` for
    ///   CSV with related records.
    /// - Note: Statements and round trips are those of the stream.
    public func exportRecords(
        of model: String, scopes: [ScopeRequest] = [], filter: JSONValue? = nil, format: RecordFormat = .jsonLines,
        batchSize: Int = 1000, fileID: StaticString = #fileID, line: UInt = #line
    ) throws -> RecordExport {
        var csv: CSVWriter?
        if format == .csv {
            let planning = context.openPlanning
            let target = try planning.model(model)
            let resolved = try planning.resolve(target, scopes: scopes, filter: filter, unscoped: context.isUnscoped)
            guard resolved.include.isEmpty else {
                throw PlannerError(
                    .unsupported,
                    "CSV has no place for related records; leave the include out, or ask for lines of JSON.",
                    path: "include", model: model)
            }
            let shown = target.properties.filter { property in
                !property.isHidden && (resolved.fields?.contains(property.id) ?? true)
            }
            csv = CSVWriter(shown, of: target)
        }
        var trees = context.trees
        trees.json.microseconds = true
        trees.json.bigIntegersAsStrings = false
        let stream = try with(trees: trees).stream(
            model, scopes: scopes, filter: filter, batchSize: batchSize, fileID: fileID, line: line)
        return RecordExport(stream: stream, csv: csv)
    }

    /// ``exportRecords(of:scopes:filter:format:batchSize:fileID:line:)`` with a filter written in Swift.
    @_disfavoredOverload
    public func exportRecords(
        of model: String, scopes: [ScopeRequest] = [], filter: FilterRequest, format: RecordFormat = .jsonLines,
        batchSize: Int = 1000, fileID: StaticString = #fileID, line: UInt = #line
    ) throws -> RecordExport {
        try exportRecords(
            of: model, scopes: scopes, filter: try filter.json, format: format, batchSize: batchSize, fileID: fileID,
            line: line)
    }
}
