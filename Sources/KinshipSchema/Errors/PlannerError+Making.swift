// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

extension PlannerError {
    /// An error whose status follows from its code. What a terminal or a log would obey is escaped in the message, and names of
    /// any length are shortened in it.
    public init(
        _ code: Code, _ message: String, path: String? = nil, file: String? = nil, model: String? = nil,
        property: String? = nil, relation: String? = nil, operator: String? = nil
    ) {
        self.init(
            code: code, status: code.status, message: MessageText.message(message), path: path, file: file,
            model: model,
            property: property, relation: relation, operator: `operator`)
    }
}

extension PlannerError.Code {
    /// The HTTP status that fits: a fault of the program's own definitions is no fault of the request.
    public var status: Int {
        switch self {
        case .unknownPolymorphicType, .invalidDefinition, .invalidScope, .typeChanged: 500
        case .unknownModel, .unknownScope, .unknownMethod, .modelNotFound, .relationEmpty: 404
        case .tenantRequired, .tenantMismatch: 403
        case .relationExists, .conflict: 409
        case .unsupported: 501
        default: 400
        }
    }
}

extension PlannerError: CustomStringConvertible {
    /// Code, place and message: `INVALID_VALUE at where.age: …`. On one line, and fit for a terminal and a log.
    public var description: String {
        let place = [file, path].compactMap { $0 }.filter { !$0.isEmpty }.map(MessageText.name).joined(separator: ": ")
        let message = MessageText.message(message)
        return place.isEmpty ? "\(code.rawValue): \(message)" : "\(code.rawValue) at \(place): \(message)"
    }
}
