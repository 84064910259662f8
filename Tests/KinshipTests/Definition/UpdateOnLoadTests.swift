// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import Testing

/// A setting of LoopBack's that isn't followed is named.
@Suite struct UpdateOnLoadTests {
    private static func schema(_ setting: String) throws -> Schema {
        let json =
            #"{"name": "Thing", "properties": {"id": {"type": "number", "id": true}, "kind": {"type": "string", "default": "x"}}\#(setting)}"#
        return try Schema(definitions: [try ModelDefinition(json: Array(json.utf8), file: "thing.json")])
    }

    @Test(arguments: [#", "updateOnLoad": true"#, #", "options": {"updateOnLoad": true}"#])
    func `It is named in the warnings`(setting: String) throws {
        let warnings = try Self.schema(setting).warnings.filter { $0.path == "updateOnLoad" }
        #expect(warnings.map(\.code) == [.unsupported])
        #expect(warnings.first?.model == "Thing" && warnings.first?.file == "thing.json")
        #expect(warnings.first?.message.contains("DEFAULT") == true)
        var definition = ModelDefinition("Other", properties: [PropertyDefinition("id", .number)])
        definition.updateOnLoad = true
        #expect(
            try Schema(definitions: [definition]).warnings.contains { $0.path == "updateOnLoad" && $0.model == "Other" }
        )
    }

    @Test(arguments: ["", #", "updateOnLoad": false"#]) func `What isn't asked for isn't named`(setting: String) throws
    {
        #expect(try !Self.schema(setting).warnings.contains { $0.path == "updateOnLoad" })
    }
}
