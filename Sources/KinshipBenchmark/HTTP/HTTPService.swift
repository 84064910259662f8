// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
internal import HTTPTypes
internal import Kinship
internal import KinshipHummingbird
internal import KinshipREST
internal import Logging

/// The library behind `KinshipREST` and Hummingbird.
struct HTTPService {
    private let requests: ServedRequests
    private let service: RESTService

    /// A service whose answers are the library's.
    ///
    /// - Parameter connections: how many clients there are; all of them may wait for long answers at once.
    init(_ requests: ServedRequests, connections: Int) {
        self.requests = requests
        var options = RESTOptions()
        options.policy = OpenPolicy()
        options.limits.requestsInFlight = max(options.limits.requestsInFlight, 2 * connections)
        options.limits.streams = max(options.limits.streams, 2 * connections)
        options.limits.streamsPerClient = nil
        service = RESTService(requests.database, options)
    }

    /// Holds some answers against the library's own.
    func check() async throws {
        for workload in ServedRequests.workloads {
            for id in Benchmark.ids(workload.isPointRequest ? 20 : 1, seed: 1) {
                let path = ServedRequests.path(workload, id: id)
                let response = await service.respond(
                    to: HTTPRequest(method: .get, scheme: nil, authority: nil, path: path))
                guard response.head.status == .ok else { throw BenchmarkError("\(path): \(response.head.status)") }
                var bytes: [UInt8] = []
                for try await piece in response.body { bytes += piece }
                if let difference = JSONDifference.first(bytes, try await requests.json(workload, id: id)) {
                    throw BenchmarkError("\(path): the JSON differs: \(difference)")
                }
            }
        }
    }

    /// What goes wrong alone.
    private static var logger: Logger {
        var logger = Logger(label: "kinship-bench")
        logger.logLevel = .error
        return logger
    }

    /// Answers requests until the process ends.
    ///
    /// - Returns: the port.
    func start() async throws -> Int {
        let logger = Self.logger
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = KinshipServer(service, port: 0, logger: logger) { listening.yield($0) }
        Task {
            do {
                try await server.run()
            } catch {
                logger.error("The server has failed: \(error)")
            }
            listening.finish()
        }
        for await port in ports { return port }
        throw BenchmarkError("No port can be listened at.")
    }
}
#endif
