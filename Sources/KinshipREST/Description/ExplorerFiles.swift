// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Synchronization

/// What the explorer is made of: descriptions, which are made when somebody asks, and the files of the page.
final class ExplorerFiles: Sendable {
    private let schema: Schema
    private let routes: RouteTable
    private let basePath: String
    private let showsPlans: Bool
    private let rules: DescribedRules
    private let examples: [String: JSONValue]
    private let made = Mutex<(swagger: [UInt8]?, openAPI: [UInt8]?)>((nil, nil))
    /// What was made smaller already.
    private let smaller = Mutex<[String: [UInt8]]>([:])

    init(
        _ schema: Schema, _ routes: RouteTable, basePath: String, showsPlans: Bool, rules: DescribedRules,
        examples: [String: JSONValue]
    ) {
        (self.schema, self.routes, self.basePath) = (schema, routes, basePath)
        (self.showsPlans, self.rules, self.examples) = (showsPlans, rules, examples)
    }

    var swagger: [UInt8] {
        if let known = made.withLock({ $0.swagger }) { return known }
        let bytes = SwaggerDocument(schema, routes, basePath: basePath).json.bytes
        made.withLock { $0.swagger = bytes }
        return bytes
    }

    var openAPI: [UInt8] {
        if let known = made.withLock({ $0.openAPI }) { return known }
        let bytes = OpenAPIDocument(
            schema, routes, basePath: basePath, examples: examples, showsPlans: showsPlans, rules: rules
        ).json.bytes
        made.withLock { $0.openAPI = bytes }
        return bytes
    }

    /// What is known by a name made smaller, once: anybody may ask for it as often as he likes.
    ///
    /// - Parameters:
    ///   - name: nil for what isn't asked for again.
    ///   - compress: makes it smaller; nil where that fails.
    func compressed(_ name: String?, _ compress: () -> [UInt8]?) -> [UInt8]? {
        if let name, let known = smaller.withLock({ $0[name] }) { return known }
        guard let bytes = compress() else { return nil }
        if let name { smaller.withLock { $0[name] = bytes } }
        return bytes
    }

    /// A file of the page; nil for none of it.
    func file(_ name: String) -> (bytes: [UInt8], type: String)? { ExplorerPage.files[name] }
}
