// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Kinship
internal import Libpq
internal import RelationPlanner

extension KinshipContestant {
    /// A plan of a workload for the floor: its statements level by level, with their parameters and columns.
    func floorPlan(_ workload: Workload) throws -> FloorPlan {
        var text = workload.filter
        // The value does not matter: the floor puts in each request's own id.
        if workload.isPointRequest { text = #"{"where": {"id": 1}, "include": "customer"}"# }
        let filter = try JSONValue(parsing: text)
        guard let model = database.schema.model(workload.model) else {
            throw BenchmarkError("the models lack \(workload.model)")
        }
        let (shape, values) = try database.scopedSchema.resolved(
            database.schema.filter(filter, for: model.id), for: model.id
        ).parameterized()
        let plan = try Planner(schema: database.schema, catalog: database.schema.catalog)
            .plan(shape, for: model.id, strategy: .byLevel)
        guard plan.nodes.count == workload.levels.count else {
            throw BenchmarkError("workload \(workload.rawValue) has \(plan.nodes.count) levels")
        }
        return try FloorPlan(
            zip(plan.nodes, workload.levels).map { node, level in
                guard let fetch = node.fetch.map({ plan.fetches[$0] }) else {
                    throw BenchmarkError("\(node.name) has no rows of its own")
                }
                return try self.level(node, fetch, level.table, level.link, values, workload)
            })
    }

    private func level(
        _ node: Node, _ fetch: Fetch, _ table: BenchmarkTable, _ link: BenchmarkTable.Link?, _ values: [BoundValue],
        _ workload: Workload
    ) throws -> FloorPlan.Level {
        let properties = database.schema[node.model].properties
        let columns = try table.columns.map { name in
            guard let shown = node.shown.first(where: { properties[$0.property].column == name }) else {
                throw BenchmarkError("the plan lacks \(table.rawValue).\(name)")
            }
            return shown.column
        }
        if case .joined? = node.link {
            return FloorPlan.Level(table: table, link: link, isJoined: true, text: "", columns: columns, parameters: [])
        }
        var keyParameter: Int?
        var parameters: [(type: UInt32, value: [UInt8]?)] = []
        for (position, slot) in fetch.slots.enumerated() {
            switch slot {
            case .keys(_, let element):
                guard element.category == .int4 else { throw BenchmarkError("\(fetch.text): keys are not int4") }
                keyParameter = position
                parameters.append((element.arrayOID, nil))
            case .value(let index, let type):
                if link == nil, workload.isPointRequest { keyParameter = position }
                parameters.append((type.oid, try Self.bytes(values[index])))
            case .knownKey, .rows: throw BenchmarkError("\(fetch.text): the floor finds its keys itself")
            case .constant(let value):
                parameters.append((value.type.oid, try Self.bytes(value)))
            }
        }
        return FloorPlan.Level(
            table: table, link: link, text: fetch.text, columns: columns, parameters: parameters,
            keyParameter: keyParameter)
    }

    private static func bytes(_ value: BoundValue) throws -> [UInt8] {
        guard case .integer(let integer) = value.contents else {
            throw BenchmarkError("the floor takes integers only, not \(value.type.name)")
        }
        switch value.type.category {
        case .int4: return withUnsafeBytes(of: Int32(truncatingIfNeeded: integer).bigEndian) { Array($0) }
        case .int8: return withUnsafeBytes(of: integer.bigEndian) { Array($0) }
        default: throw BenchmarkError("the floor takes integers only, not \(value.type.name)")
        }
    }
}
