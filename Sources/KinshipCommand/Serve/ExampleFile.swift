// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import Kinship

/// A file with an example of a record for each model, or for some: `{"Customer": {"id": 1, "name": "Ada"}}`.
enum ExampleFile {
    /// - Throws: ``Failure`` where there is no such file, or where it holds something else.
    static func examples(in path: String, of schema: Schema) throws -> [String: JSONValue] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(.noInput, "There is no file \"\(path)\".", remedy: "name a JSON file with --examples")
        }
        let remedy = "write a record for each model: {\"Customer\": {\"id\": 1}}"
        let json: JSONValue
        do {
            json = try JSONValue(parsing: Array(bytes))
        } catch {
            throw Failure(.data, "\(path) isn't JSON: \(error.message)", remedy: remedy)
        }
        guard let members = json.members else {
            throw Failure(.data, "\(path) holds \(json.kindName), not an object.", remedy: remedy)
        }
        var examples: [String: JSONValue] = [:]
        for member in members {
            guard schema.model(member.key) != nil else {
                throw Failure(
                    .data, "\(path) has an example of \(member.key), and there is no such model.", remedy: remedy)
            }
            guard member.value.members != nil else {
                throw Failure(
                    .data, "The example of \(member.key) in \(path) is \(member.value.kindName), not a record.",
                    remedy: remedy)
            }
            examples[member.key] = member.value
        }
        return examples
    }
}
#endif
