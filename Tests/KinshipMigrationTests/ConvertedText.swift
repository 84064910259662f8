// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import TestSupport

/// What values of one type are as those of another, by their texts.
enum ConvertedText {
    /// What should be there after a change of type; nil where the text of a value doesn't say it: that of a date is the session's, and so
    /// is that of bytes.
    static func expected(
        _ texts: [String?], from old: String, to new: String, in world: MigrationWorld
    ) async throws -> [String?]? {
        guard !texts.isEmpty, let expression = expression(from: old, to: new) else { return nil }
        let rows = texts.enumerated().map { "(\($0.element.map(literal) ?? "NULL")::text, \($0.offset))" }
        return try await world.run(
            "SELECT (\(expression))::text FROM (VALUES \(rows.joined(separator: ", "))) v(o, n) ORDER BY n"
        ).map { $0[0] }
    }

    private static func expression(from old: String, to new: String) -> String? {
        switch (ColumnKind(old), ColumnKind(new)) {
        case (.number, .number), (.text, .number), (.document, .number): "o::numeric::\(new)"
        case (.boolean, .number): "o::boolean::integer::\(new)"
        case (.number, .boolean): "o::numeric <> 0"
        case (.number, .document), (.boolean, .document), (.uuid, .document), (.list, .document):
            "to_jsonb(o::\(old))::\(new)"
        case (.date, .date), (.document, .boolean), (.document, .document), (.list, .list), (.text, .uuid),
            (.text, .boolean), (.text, .document), (.text, .list):
            "o::\(new)"
        case (.date, .text), (.bytes, .text), (.point, .text): nil
        case (_, .text): "o::\(new)"
        default: nil
        }
    }
}
