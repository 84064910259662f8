// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What a hook for records that are shown is given: all of one place in an answer.
public struct LoadedContext: Sendable {
    /// A record as it is shown, without what is included with it.
    public struct Record: Sendable, Hashable {
        /// What is shown: an object, hidden properties aren't in it.
        public var json: JSONValue

        /// The value that is shown for a property; nil takes it out.
        public subscript(property: String) -> JSONValue? {
            get { json[property] }
            set {
                var members = (json.members ?? []).filter { $0.key != property || newValue != nil }
                if let newValue {
                    if let place = members.firstIndex(where: { $0.key == property }) {
                        members[place].value = newValue
                    } else {
                        members.append(.init(property, newValue))
                    }
                }
                json = .object(members)
            }
        }
    }

    /// The model's name.
    public let model: String
    /// The session of the request, for reading; a transaction where the request is part of one.
    public let session: any Session
    /// The records, each once however often the answer shows it. Their number and order stay as they are.
    public var records: [Record]

    init(_ model: String, _ session: any Session, _ records: [Record]) {
        self.model = model
        self.session = session
        self.records = records
    }
}
