// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Operation {
    /// Every operation there is.
    static let all: [Operation] = [
        .find, .findOne, .findById, .findByIds, .count, .exists, .loadInclude, .findInScope, .scopeChain,
        .scopeChainThenPlain,
        .scopeCount, .related, .relatedCount, .relatedFindById, .relatedExists,
        .create, .createAll, .upsert, .upsertWithWhere, .replaceById, .replaceOrCreate, .updateAttributes, .updateAll,
        .findOrCreate, .deleteById, .deleteAll,
        .relCreate, .relFindOrCreate, .relAdd, .relSet, .relRemove, .relUpdateById, .relReplaceById,
        .relUpdateAll, .relDestroyById, .relDestroyAll,
        .createGraph, .updateGraph, .upsertGraph,
    ]

    /// A line for each operation and one for each member, for the help: none longer than 80 columns, where it is broken.
    static var documentation: String {
        let operations = all.map { operation in
            let members = operation.required.map(\.rawValue) + operation.optional.map { "[\($0.rawValue)]" }
            return "  " + padded(operation.name, 21) + padded(members.joined(separator: " "), 27) + operation.result
        }
        let meanings = Member.allCases.map { "  " + padded($0.rawValue, 21) + $0.meaning }
        return
            (["Operations, what they take besides model and op, and their results:"] + operations
            + ["", "Members:"] + meanings).joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 2))
    }
}

extension BatchRequest {
    /// Parses a line that may ask for every operation there is.
    ///
    /// - Throws: ``BatchError``.
    init(_ bytes: [UInt8], line: Int) throws { try self.init(bytes, line: line, among: Operation.all) }
}
