// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import FlyingFox
import Foundation
import HTTPTypes
import Kinship
import KinshipREST

/// LoopBack 3's routes for the sample shop, on a server that is no Hummingbird:
///
///     KINSHIP_DATABASE_URL=postgres://app@localhost/shop swift run other-server
///     curl 'http://127.0.0.1:3000/api/Customers?filter[include]=orders&filter[limit]=3'
@main
struct FlyingFoxServer {
    static func main() async throws {
        let url = ProcessInfo.processInfo.environment["KINSHIP_DATABASE_URL"] ?? "postgres://localhost/shop"
        let schema = try SchemaLoader.load(directory: "../models")
        try await Database.withDatabase(schema: schema, connection: ConnectionConfiguration(url: url)) { database in
            let service = RESTService(database)
            let server = HTTPServer(port: 3000) { try await answer($0, service) }
            try await server.run()
        }
    }

    /// A request of this server's, answered by the service, and its response as this server has it.
    private static func answer(_ request: FlyingFox.HTTPRequest, _ service: RESTService) async throws
        -> FlyingFox.HTTPResponse
    {
        guard let method = HTTPTypes.HTTPRequest.Method(request.method.rawValue) else {
            return FlyingFox.HTTPResponse(statusCode: .badRequest)
        }
        var asked = HTTPTypes.HTTPRequest(
            method: method, scheme: nil, authority: nil, path: request.target.rawValue)
        for (header, value) in request.headers {
            guard let name = HTTPField.Name(header.rawValue) else { continue }
            asked.headerFields.append(HTTPField(name: name, value: value))
        }
        let response = await service.respond(to: asked, body: RESTRequestBody(request.bodySequence))
        var headers = HTTPHeaders()
        for field in response.head.headerFields {
            headers.addValue(field.value, for: HTTPHeader(field.name.rawName))
        }
        // This server wants a body as a whole, or byte by byte; long lists are put together here.
        var body = Data()
        for try await piece in response.body { body.append(contentsOf: piece) }
        let status = response.head.status
        return FlyingFox.HTTPResponse(
            statusCode: HTTPStatusCode(status.code, phrase: status.reasonPhrase), headers: headers, body: body)
    }
}
