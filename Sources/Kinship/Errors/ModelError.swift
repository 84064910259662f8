// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Foundation
import MessageText
import RelationPlanner

/// A typed model asks for what a record hasn't got, or can't hold what it has.
///
/// ```swift
/// do {
///     let orders = try customer.orders.records
///     print(orders.count)
/// } catch let error as ModelError where error.code == .relationNotLoaded {
///     print(error.message)  // … Add .include(\.orders) to the query.
/// }
/// ```
///
/// It is never the fault of a request: what is to be corrected is the query or the model in Swift.
public struct ModelError: ReportableError, Sendable, Hashable, CustomStringConvertible, LocalizedError {
    /// What is wrong; the raw value is stable and meant for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// A relation was read that the query didn't include.
        case relationNotLoaded = "RELATION_NOT_LOADED"
        /// The model reads a property that the rows don't have.
        case propertyNotLoaded = "PROPERTY_NOT_LOADED"
        /// A value is of another type than the model has for it, or NULL where the model has no optional.
        case unreadableValue = "UNREADABLE_VALUE"
        /// The model in Swift isn't written as it has to be.
        case invalidModel = "INVALID_MODEL"
    }

    /// What is wrong, for programs.
    public var code: Code
    /// One sentence: what, where, and the remedy.
    public var message: String
    /// The model it is about.
    public var model: String?
    /// The property it is about.
    public var property: String?
    /// The relation it is about.
    public var relation: String?
    /// The type in Swift that was to be made.
    public var type: String?

    /// An error about a typed model.
    public init(
        _ code: Code, _ message: String, model: String? = nil, property: String? = nil, relation: String? = nil,
        type: String? = nil
    ) {
        self.code = code
        self.message = MessageText.message(message)
        self.model = model
        self.property = property
        self.relation = relation
        self.type = type
    }

    /// Code and message on one line.
    public var description: String { "\(code.rawValue): \(message)" }

    /// The description.
    public var errorDescription: String? { description }

    /// The code with status 500, and the names.
    public var report: ErrorReport {
        var report = ErrorReport(code.kind, message)
        (report.model, report.relation) = (model, relation)
        report.properties = property.map { [$0] } ?? []
        return report
    }
}

extension ModelError.Code {
    /// Code, status and whose fault it is.
    public var kind: ErrorReport.Kind { .init(rawValue, 500, .program) }
}
