// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if os(Linux)
import Kinship
import KinshipREST
import Testing

/// What the description of the models with access rules says of who may do what.
@Suite struct AccessDescriptionTests {
    private static let proofs: [JSONValue] = [["token": []], ["query": []]]

    private static func operations(_ rules: DescribedRules) throws -> [String: JSONValue] {
        let schema = try AccessCase.schema()
        let json = OpenAPIDocument(schema, RouteTable(schema), rules: rules).json
        #expect(json["security"] == nil)
        var found: [String: JSONValue] = [:]
        for path in json["paths"]?.members ?? [] {
            for member in path.value.members ?? [] {
                if let name = member.value["operationId"]?.text { found[name] = member.value }
            }
        }
        return found
    }

    @Test(arguments: [
        ("Task.find", "token"), ("Task.findById", "token"), ("Task.create", "nobody"), ("Task.deleteById", "nobody"),
        ("Deed.find", "nobody"), ("Deed.findById", "rights"), ("Deed.create", "nobody"),
        ("Project.find", "everyone"), ("Project.findById", "rights"), ("Project.count", "rights"),
        ("Project.create", "nobody"),
    ])
    func rulesAreSaidOfEachOperation(name: String, access: String) throws {
        let operations = try Self.operations(.rules(of: try AccessCase.schema(), AccessControl(userModel: "Account")))
        let operation = try #require(operations[name])
        #expect(operation["x-kinship-access"] == .string(access))
        let security = Self.proofs
        #expect(operation["security"] == .array(access == "everyone" ? [.object([])] + security : security))
        #expect(operation["responses"]?["401"] != nil)
    }

    @Test func everyOperationSaysIt() throws {
        let operations = try Self.operations(.rules(of: try AccessCase.schema(), AccessControl(userModel: "Account")))
        #expect(operations.count > 100)
        for (name, operation) in operations {
            let access = try #require(operation["x-kinship-access"]?.text, "\(name)")
            #expect(["everyone", "token", "rights", "nobody"].contains(access), "\(name)")
            // What asks for no proof is open, and the other way round.
            let isOpen = operation["security"]?.elements?.contains(.object([])) == true
            #expect(isOpen == (access == "everyone"), "\(name)")
        }
    }

    @Test func statusesAreNamed() throws {
        let operations = try Self.operations(.rules(of: try AccessCase.schema(), AccessControl(userModel: "Account")))
        for name in ["Task.find", "Task.findById", "Task.create", "Task.deleteById"] {
            let responses = operations[name]?["responses"]
            #expect(responses?["default"] == nil && responses?["404"] != nil && responses?["503"] != nil, "\(name)")
        }
        #expect(operations["Task.create"]?["responses"]?["415"] != nil)
        #expect(operations["Task.find"]?["responses"]?["415"] == nil)
        // The program's own.
        #expect(operations["Project.stats"]?["responses"]?["default"] != nil)
        #expect(try Self.operations(.untold)["Task.find"]?["responses"]?["default"] != nil)
    }

    @Test func readyPoliciesAreSaidToo() throws {
        for operation in try Self.operations(.open).values {
            #expect(operation["x-kinship-access"] == "everyone")
            #expect(operation["security"] == [])
            // But for who logs in with a wrong password.
            let isOfUsers = ["login", "logout"].contains { operation["operationId"]?.text?.hasSuffix($0) == true }
            #expect((operation["responses"]?["401"] == nil) == !isOfUsers)
        }
        let reading = try Self.operations(.readOnly)
        #expect(reading["Task.find"]?["x-kinship-access"] == "everyone")
        #expect(reading["Task.create"]?["x-kinship-access"] == "nobody")
        #expect(reading["Task.create"]?["responses"]?["401"] != nil)
        for operation in try Self.operations(.closed).values {
            #expect(operation["x-kinship-access"] == "nobody")
            #expect(operation["security"] == .array(Self.proofs))
        }
        for operation in try Self.operations(.untold).values {
            #expect(operation["x-kinship-access"] == nil)
            #expect(operation["security"] == .array([.object([])] + Self.proofs))
        }
    }
}
#endif
