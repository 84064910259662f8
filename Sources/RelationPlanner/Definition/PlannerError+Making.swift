// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PlannerError {
    /// An error whose status follows from its code.
    public init(
        _ code: Code, _ message: String, path: String? = nil, file: String? = nil, model: String? = nil,
        property: String? = nil, relation: String? = nil, operator: String? = nil
    ) {
        self.init(
            code: code, status: code.status, message: message, path: path, file: file, model: model,
            property: property, relation: relation, operator: `operator`)
    }
}

extension PlannerError.Code {
    /// The HTTP status that fits: a fault of the program's own definitions is no fault of the request.
    public var status: Int {
        switch self {
        case .unknownPolymorphicType, .invalidDefinition, .invalidScope: 500
        case .unknownModel, .unknownScope, .modelNotFound: 404
        case .unsupported: 501
        default: 400
        }
    }
}

extension PlannerError: CustomStringConvertible {
    /// Code, place and message: `INVALID_VALUE at where.age: …`.
    public var description: String {
        let place = [file, path].compactMap { $0 }.joined(separator: ": ")
        return place.isEmpty ? "\(code.rawValue): \(message)" : "\(code.rawValue) at \(place): \(message)"
    }
}
