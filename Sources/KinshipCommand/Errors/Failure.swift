// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Something that ends the command: what to say, how to help, how to exit.
struct Failure: Error {
    var status: ExitStatus
    /// The stable code of the library's error, when it is one.
    var code: String?
    /// Where in the filter or definition.
    var place: String?
    /// One sentence: what and where.
    var message: String
    /// Further lines: places, all problems of a schema.
    var details: [String] = []
    /// What to do about it.
    var remedy: String?

    init(
        _ status: ExitStatus, _ message: String, code: String? = nil, details: [String] = [], remedy: String? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.remedy = remedy
    }
}
