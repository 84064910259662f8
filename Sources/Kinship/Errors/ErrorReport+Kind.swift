// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import RelationPlanner

extension ErrorReport {
    /// A kind of error: the stable code with the HTTP status and the fault that belong to it.
    public struct Kind: Sendable, Hashable {
        /// The stable code, for programs.
        public var code: String
        /// The HTTP status that fits.
        public var status: Int
        /// Whose turn it is to do something about it.
        public var fault: Fault
        /// Whether nothing has happened and the same request may succeed a little later: what HTTP's `Retry-After` is for.
        public var isRepeatable: Bool

        /// A kind of a program's own.
        public init(_ code: String, _ status: Int, _ fault: Fault, isRepeatable: Bool = false) {
            self.code = code
            self.status = status
            self.fault = fault
            self.isRepeatable = isRepeatable
        }

        /// A constraint of the database stands against a change: SQLSTATE class 23.
        public static let constraintViolation = Kind("CONSTRAINT_VIOLATION", 409, .conflict)
        /// Data break the rules of their model; where a column can't take a value it is `INVALID_VALUE` instead.
        public static let validationError = Kind("VALIDATION_ERROR", 422, .request)
        /// Arguments of a method of the program's own are missing, or not what it takes.
        public static let invalidArguments = Kind("INVALID_ARGUMENTS", 400, .request)
        /// A record of an import isn't CSV as RFC 4180 has it.
        public static let invalidCSV = Kind("INVALID_CSV", 400, .request)
        /// A transaction lost against another one that ran at the same time (SQLSTATE 40001).
        ///
        /// 503 and not 409: nothing is wrong with the request, and the same one is to be sent again.
        public static let serializationFailure = Kind("SERIALIZATION_FAILURE", 503, .contention, isRepeatable: true)
        /// A transaction was given up because it and others waited for each other (SQLSTATE 40P01).
        public static let deadlock = Kind("DEADLOCK_DETECTED", 503, .contention, isRepeatable: true)
        /// A lock wasn't free in time (SQLSTATE 55P03: `lock_timeout`, `NOWAIT`).
        public static let lockNotAvailable = Kind("LOCK_NOT_AVAILABLE", 503, .contention, isRepeatable: true)
        /// The task was cancelled.
        public static let cancelled = PostgresError.Code.cancelled.kind
        /// Hooks have called for each other too often.
        public static let hookRecursion = Kind("HOOK_RECURSION", 500, .program)
        /// Nothing tells of the changes of a model: see ``ChangeError``.
        public static let changesNotInstalled = Kind("CHANGES_NOT_INSTALLED", 404, .request)
        /// An error of a type that nothing is known about.
        public static let `internal` = Kind("INTERNAL", 500, .program)

        /// Every kind the library has, each code once.
        ///
        /// - Complexity: linear in the kinds; made at each call.
        public static var all: [Kind] {
            var seen: Set<Kind> = []
            let own = [
                constraintViolation, validationError, invalidArguments, invalidCSV, serializationFailure, deadlock,
                lockNotAvailable, hookRecursion, changesNotInstalled, .internal,
            ]
            return
                (PlannerError.Code.allCases.map(\.kind) + PostgresError.Code.allCases.map(\.kind)
                + ModelError.Code.allCases.map(\.kind) + own)
                .filter { seen.insert($0).inserted }
        }
    }
}

extension PlannerError.Code {
    /// Code, status and whose fault it is.
    public var kind: ErrorReport.Kind {
        let fault: ErrorReport.Fault =
            switch self {
            case .invalidDefinition, .invalidScope, .typeChanged, .unknownPolymorphicType: .definition
            case .unknownModel, .unknownProperty, .unknownRelation, .unknownOperator, .unknownScope, .unknownMethod,
                .modelNotFound,
                .prohibitedProperty, .invalidValue, .invalidFilter, .invalidInclude, .includeDisabled, .emptyOr,
                .limitOnToOne, .filterTooDeep, .filterTooLarge, .filterTooCostly, .resultTooLarge, .invalidJSON,
                .unsupported, .noTable, .unsavedInstance, .keyOverride, .relationEmpty, .tenantRequired,
                .tenantMismatch,
                .multipleInstances:
                .request
            case .relationExists, .conflict: .conflict
            }
        return .init(rawValue, status, fault)
    }
}

extension PostgresError.Code {
    /// Code, status and whose fault it is; an error's SQLSTATE may know better: see ``ErrorReport``.
    public var kind: ErrorReport.Kind {
        func kind(_ status: Int, _ fault: ErrorReport.Fault, isRepeatable: Bool = false) -> ErrorReport.Kind {
            .init(rawValue, status, fault, isRepeatable: isRepeatable)
        }
        return switch self {
        case .server, .outOfMemory: kind(500, .server)
        case .connectFailed, .connectTimeout, .connectsStuck, .acquireTimeout:
            kind(503, .connection, isRepeatable: true)
        case .connectionLost, .connectionClosed, .poolClosed: kind(503, .connection)
        case .commitOutcomeUnknown: kind(500, .connection)
        case .authenticationFailed: kind(503, .permission)
        case .statementTimeout: kind(504, .time)
        case .statementCancelled: kind(504, .connection)
        case .cancelled: kind(504, .cancellation)
        case .invalidConfiguration: kind(500, .configuration)
        case .invalidParameter, .resultTooLarge: kind(400, .request)
        case .statementInvalidated: kind(503, .contention, isRepeatable: true)
        case .decodingFailed, .misuse: kind(500, .program)
        }
    }
}
