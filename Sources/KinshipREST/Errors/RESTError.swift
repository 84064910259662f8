// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship

/// What is wrong with a request as such, before a model is asked: its path, headers or body, or the time and the room there is for it.
///
/// ```swift
/// throw RESTError(.authorizationRequired, "Only who is signed in may do that.")
/// ```
public struct RESTError: ReportableError, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong; the raw value is stable and meant for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// Nothing answers this method at this path.
        case routeNotFound = "ROUTE_NOT_FOUND"
        /// The path can't be decoded.
        case invalidPath = "INVALID_PATH"
        /// The body isn't what the route takes.
        case invalidBody = "INVALID_BODY"
        /// The body is larger than a request's may be.
        case bodyTooLarge = "BODY_TOO_LARGE"
        /// The body took too long to arrive.
        case bodyTooSlow = "BODY_TOO_SLOW"
        /// The body is of a type that isn't read.
        case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
        /// The caller takes no JSON.
        case notAcceptable = "NOT_ACCEPTABLE"
        /// The caller may not do that.
        case authorizationRequired = "AUTHORIZATION_REQUIRED"
        /// The caller, who is known, may not do that.
        case accessDenied = "ACCESS_DENIED"
        /// The caller's token is over, or isn't one that counts.
        case invalidToken = "INVALID_TOKEN"
        /// Neither a user's name nor an address is there to log in with.
        case usernameEmailRequired = "USERNAME_EMAIL_REQUIRED"
        /// There is no such user, or the password is another one.
        case loginFailed = "LOGIN_FAILED"
        /// Somebody else has the name or the address.
        case nameTaken = "NAME_TAKEN"
        /// It can't be a password.
        case invalidPassword = "INVALID_PASSWORD"
        /// The password is longer than one may be.
        case passwordTooLong = "PASSWORD_TOO_LONG"
        /// A page of another origin, which may not ask, sends what browsers don't ask about first.
        case foreignOrigin = "FOREIGN_ORIGIN"
        /// The record is another one than `If-Match` says.
        case preconditionFailed = "PRECONDITION_FAILED"
        /// The caller asks too often.
        case tooManyRequests = "TOO_MANY_REQUESTS"
        /// There are as many requests under way as there may be.
        case overloaded = "OVERLOADED"
        /// The request took longer than it may.
        case requestTimeout = "REQUEST_TIMEOUT"
    }

    /// What is wrong, for programs.
    public let code: Code
    /// One sentence: what, and the remedy.
    public let message: String
    /// How long to wait before the same is worth asking again; nil where it isn't.
    public let retryAfter: Duration?

    /// An error of a request.
    public init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// Code, status and message.
    public var report: ErrorReport { ErrorReport(code.kind, message) }

    /// Code and message on one line.
    public var description: String { report.description }
}

extension RESTError.Code {
    /// Code, status and whose fault it is.
    public var kind: ErrorReport.Kind {
        let (status, fault): (Int, ErrorReport.Fault) =
            switch self {
            case .routeNotFound: (404, .request)
            case .invalidPath, .invalidBody: (400, .request)
            case .bodyTooLarge: (413, .request)
            case .bodyTooSlow: (408, .request)
            case .unsupportedMediaType: (415, .request)
            case .notAcceptable: (406, .request)
            case .authorizationRequired: (401, .permission)
            case .invalidToken, .loginFailed: (401, .permission)
            case .usernameEmailRequired: (400, .request)
            case .nameTaken, .invalidPassword, .passwordTooLong: (422, .request)
            case .accessDenied: (403, .permission)
            case .foreignOrigin: (403, .permission)
            case .preconditionFailed: (412, .conflict)
            case .tooManyRequests: (429, .request)
            case .overloaded: (503, .connection)
            case .requestTimeout: (504, .time)
            }
        let isRepeatable = self == .tooManyRequests || self == .overloaded
        return .init(rawValue, status, fault, isRepeatable: isRepeatable)
    }
}
