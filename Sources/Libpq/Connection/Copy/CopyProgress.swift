// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How far a COPY has come.
///
/// ```swift
/// try await connection.copyIn("copy customer from stdin", from: file) { progress in
///     print(progress.bytes, "bytes")
/// }
/// ```
public struct CopyProgress: Sendable, Hashable {
    /// The bytes that have been taken: by the connection on the way in, by your loop on the way out.
    public var bytes: Int
    /// The rows: on the way in the line ends among those bytes, which are rows in the text format; on the way out the messages of
    /// the server, one for each row (CSV's header line among them).
    public var rows: Int

    /// Numbers, for comparing.
    public init(bytes: Int = 0, rows: Int = 0) {
        self.bytes = bytes
        self.rows = rows
    }
}

/// What is known of a COPY that failed: ``PostgresError/copy``.
public struct CopyFailure: Sendable, Hashable {
    /// The line of the data that the server refused, from 1; nil when it is about no line.
    public var line: Int?
    /// The column it refused, when it is about one.
    public var column: String?
    /// How far it had come. The server reads behind: the line at fault lies earlier.
    public var progress: CopyProgress
}

extension PostgresError {
    /// Where a COPY failed and how far it had come, when this is the error of one.
    ///
    /// ```swift
    /// do {
    ///     try await connection.copyIn("copy customer from stdin", from: file)
    /// } catch let error as PostgresError {
    ///     print("line \(error.copy?.line ?? 0): \(error.message)")
    /// }
    /// ```
    public var copy: CopyFailure? { particulars as? CopyFailure }

    /// The error of a COPY, with the place that the server's context names.
    func inCopy(_ progress: CopyProgress) -> PostgresError {
        var error = self
        let place = CopyPlace(server?.context)
        error.particulars = CopyFailure(line: place.line, column: place.column, progress: progress)
        if let line = place.line {
            error.message += "; line \(line)" + (place.column.map { ", column \($0)" } ?? "") + " of the data"
        }
        return error
    }
}

/// Reads `COPY customer, line 3, column name: "x"`, which the server words in the language it is set to.
struct CopyPlace {
    private(set) var line: Int?
    private(set) var column: String?

    init(_ context: String?) {
        guard let text = context?.split(whereSeparator: \.isNewline).last(where: { $0.hasPrefix("COPY ") }) else {
            return
        }
        let parts = text.split(separator: ", ", maxSplits: 2, omittingEmptySubsequences: false)
        // The value that may follow a colon can hold anything, and isn't looked at.
        guard parts.count > 1, let number = parts[1].prefix(while: { $0 != ":" }).split(separator: " ").last else {
            return
        }
        line = Int(number)
        guard line != nil, parts.count > 2, !parts[1].contains(":"), let space = parts[2].firstIndex(of: " ") else {
            return
        }
        let name = parts[2][parts[2].index(after: space)...].prefix { $0 != ":" }
        column = name.isEmpty ? nil : String(name)
    }
}
