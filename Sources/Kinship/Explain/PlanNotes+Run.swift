// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

extension PlanNotes {
    /// So many groups of parents with equal scopes are shown.
    private static let mostGroups = 5

    /// Notes what running the plan took.
    mutating func add(_ graph: Graph, _ schema: Schema) {
        let (plan, statistics) = (graph.plan, graph.statistics)
        var trips: [Duration] = []
        for (trip, wave) in plan.waves.enumerated() {
            guard let sent = wave.lazy.map({ statistics.fetches[$0.index] }).first(where: { $0.wasSent }) else {
                continue
            }
            trips.append(sent.duration)
            lanes[trip] = [.init(.time, sent.duration.milliseconds, sent.duration.inMilliseconds)]
        }
        let times = trips.map { "\($0.milliseconds)" }.joined(separator: " + ")
        let sent = counted(statistics.statements, "statement")
        whole.lines.append(
            .text(
                "ran in \(statistics.duration.inMilliseconds): \(sent) in \(counted(statistics.roundTrips, "round trip"))\(times.isEmpty ? "" : " (\(times) ms)")"
            ))
        whole.facts.append(
            .init(
                "run",
                .object([
                    .init("statements", .number(String(statistics.statements))),
                    .init("roundTrips", .number(String(statistics.roundTrips))),
                    .init("milliseconds", .number("\(statistics.duration.milliseconds)")),
                ])))
        for fetch in statistics.fetches { add(fetch, of: plan.fetches[fetch.fetch]) }
        for (node, records) in zip(plan.nodes, graph.recordCounts()) where node.parent != nil && node.fetch != nil {
            nodes[node.id, default: Note()].facts.append(.init("records", .number(String(records))))
            guard graph.rows(of: node)?.count != records || !hasStatement(node, plan) else { continue }
            nodes[node.id, default: Note()].lines.append(.text("\(counted(records, "record")) in the answer"))
        }
        for (node, graft) in graph.grafts { add(graft, to: node, of: plan, schema) }
    }

    /// Notes the groups that an include was loaded in, with the statements of the first ones.
    private mutating func add(_ graft: Graft, to node: Node.ID, of plan: Plan, _ schema: Schema) {
        var note = nodes[node] ?? Note()
        note.lines.append(.text("\(counted(graft.graphs.count, "group")) of equal scopes"))
        note.facts.append(.init("groups", .number(String(graft.graphs.count))))
        for (number, group) in graft.graphs.prefix(Self.mostGroups).enumerated() {
            var notes = PlanNotes()
            notes.add(group, schema)
            // The group's parents were there already; the relation hangs below them.
            guard let parents = group.plan.explained(in: schema, notes).children.first else { continue }
            var tree = ExplainTree("group \(number + 1)", children: parents.children)
            tree.lines.append(.text("for \(counted(group.count, "parent"))"))
            tree.facts.append(.init("parents", .number(String(group.count))))
            // A group's round trips come after those of the tree.
            note.children.append(tree.lanes(movedBy: plan.waves.count))
        }
        let rest = graft.graphs.count - Self.mostGroups
        if rest > 0 { note.lines.append(.text("\(rest) more groups are not shown")) }
        nodes[node] = note
    }

    /// Notes what the server says of a statement.
    mutating func add(_ server: ServerPlan, of fetch: Fetch.ID) {
        var note = fetches[fetch] ?? Note()
        note.bars.append(
            .init(.time, server.executionTime.milliseconds, "server \(server.executionTime.inMilliseconds)"))
        let pages = "pages: \(server.foundPages) found, \(server.readPages) read"
        note.lines.append(
            .text(
                "server: \(server.executionTime.inMilliseconds), planning \(server.planningTime.inMilliseconds), \(pages)"
            ))
        for node in server.nodes {
            var line = String(repeating: "› ", count: node.depth + 1) + node.description
            if node.loops == 0 {
                line += ": never run"
            } else {
                line += ": \(counted(Int(node.rows), "row"))"
                if node.loops > 1 { line += " in \(Int(node.loops)) runs" }
                if node.removedRows > 0 { line += ", \(Int(node.removedRows)) more read in vain" }
            }
            note.lines.append(.text(line))
        }
        note.facts.append(.init("serverPlan", server.json))
        fetches[fetch] = note
    }

    private mutating func add(_ fetch: ExecutionStatistics.FetchStatistics, of planned: Fetch) {
        var note = fetches[fetch.fetch] ?? Note()
        if planned.local != nil || fetch.wasSent {
            note.bars.append(.init(.rows, Double(fetch.rows), counted(fetch.rows, "row")))
        }
        if planned.local != nil {
            note.lines.append(.text(counted(fetch.rows, "row")))
            note.facts.append(.init("rows", .number(String(fetch.rows))))
            fetches[fetch.fetch] = note
            return
        }
        note.facts.append(.init("sent", .bool(fetch.wasSent)))
        if fetch.wasSent {
            let access = planned.statement(forKeys: fetch.keys).access
            let way = planned.forMany == nil ? "" : " by \(access.rawValue)"
            let keys = fetch.keys > 0 ? " for \(counted(fetch.keys, "key"))\(way)" : ""
            note.lines.append(
                .text(
                    "\(counted(fetch.rows, "row"))\(keys), in a round trip of \(fetch.duration.inMilliseconds)"))
            note.facts += [
                .init("rows", .number(String(fetch.rows))), .init("keys", .number(String(fetch.keys))),
                .init("milliseconds", .number("\(fetch.duration.milliseconds)")),
            ]
            if planned.forMany != nil { note.facts.append(.init("by", .string(access.rawValue))) }
        } else {
            note.lines.append(.text("not sent: there were no keys to ask for"))
        }
        fetches[fetch.fetch] = note
    }

    /// Whether a node is the first to show the rows of its fetch.
    private func hasStatement(_ node: Node, _ plan: Plan) -> Bool {
        plan.nodes.first { $0.fetch == node.fetch }?.id == node.id
    }
}

extension BoundValue {
    /// The value as JSON, to be shown; nil for one that can't be written.
    var shown: String? {
        var parameters = Parameters()
        guard (try? parameters.append(self)) != nil, let slot = parameters.slots.first else { return nil }
        guard slot.length >= 0 else { return "null" }
        var buffer = ByteBuffer(capacity: slot.length * 2 + 16)
        let isWritten = parameters.bytes.withUnsafeBytes { bytes in
            (try? CellWriter.write(
                UnsafeRawBufferPointer(rebasing: bytes[slot.offset..<slot.offset + slot.length]),
                CellFormat(type, as: nil), to: &buffer)) != nil
        }
        return isWritten ? String(decoding: buffer.array, as: UTF8.self) : nil
    }
}
