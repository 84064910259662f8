// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How generated Swift looks.
public struct GeneratorOptions: Sendable, Hashable {
    /// Who can use the models.
    public enum Access: String, Sendable, Hashable, CaseIterable {
        case `internal`, `package`, `public`
    }

    /// Who can use the models.
    public var access: Access
    /// How many spaces a level is moved in by.
    public var indentation: Int
    /// How long a line may be.
    public var lineLength: Int
    /// Whether elements of lists are optional. PostgreSQL's arrays may hold NULL, and a record whose list does can't be read as one
    /// of a list without.
    public var hasNullElements: Bool
    /// Lines that every file begins with, such as those of a licence.
    public var header: [String]

    /// Options; what is left out is as `swift format` has it without a configuration.
    public init(
        access: Access = .internal, indentation: Int = 2, lineLength: Int = 100, header: [String] = [],
        hasNullElements: Bool = false
    ) {
        self.hasNullElements = hasNullElements
        self.access = access
        self.indentation = indentation
        self.lineLength = lineLength
        self.header = header
    }

    /// What stands before a declaration.
    var modifier: String { access == .internal ? "" : "\(access.rawValue) " }
}
