// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Why model files weren't changed.
struct GeneratorError: Error, Hashable {
    enum Code: String, CaseIterable {
        /// A flag is missing, and nobody is there to be asked.
        case missingFlag = "MISSING_FLAG"
        /// A flag has a value that it can't have, or doesn't go with another one.
        case invalidFlag = "INVALID_FLAG"
        /// There is no such model.
        case unknownModel = "UNKNOWN_MODEL"
        /// The model has a relation, property or scope of the name.
        case nameTaken = "NAME_TAKEN"
        /// The model, or its file, has no relation, property or scope of the name.
        case unknownMember = "UNKNOWN_MEMBER"
        /// What is to be removed is needed elsewhere.
        case inUse = "IN_USE"
        /// No file describes the model.
        case noModelFile = "NO_MODEL_FILE"
        /// A file can't be changed for what is in it.
        case unfitFile = "UNFIT_FILE"
        /// A file was changed by somebody else meanwhile.
        case fileChanged = "FILE_CHANGED"
        /// A file can't be written.
        case notWritten = "NOT_WRITTEN"
    }

    var code: Code
    /// The flag, file or name that it is about.
    var subject: String
    var message: String
    var remedy: String

    init(_ code: Code, _ subject: String, _ message: String, remedy: String) {
        self.code = code
        self.subject = subject
        self.message = MessageText.message(message)
        self.remedy = MessageText.message(remedy)
    }
}

extension Failure {
    /// What it comes to at the command line.
    init(_ error: GeneratorError) {
        let status: ExitStatus =
            switch error.code {
            case .missingFlag, .invalidFlag: .usage
            case .unknownModel, .nameTaken, .unknownMember, .inUse, .noModelFile, .unfitFile: .data
            case .fileChanged: .temporary
            case .notWritten: .inputOutput
            }
        self.init(status, error.message, code: error.code.rawValue, remedy: error.remedy)
        place = error.subject
    }
}
