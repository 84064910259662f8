// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// The hooks of a database, checked: what its sessions ask when they come to a model.
final class HookRegistry: SessionHooks {
    let maximumDepth: Int
    let accessed: [String]
    /// By model, those of base models included.
    private let byModel: [String: ModelHooks]
    private let shown: Set<String>

    /// - Returns: nil where there are none.
    /// - Throws: `SchemaError` with every name that no model has.
    init?(_ hooks: Hooks, of schema: Schema) throws(SchemaError) {
        guard !hooks.byModel.isEmpty else { return nil }
        let names = schema.models.map(\.name)
        var problems: [PlannerError] = []
        for name in hooks.byModel.keys.sorted() where !names.contains(name) {
            problems.append(
                PlannerError(
                    .invalidDefinition,
                    "There are hooks for a model \"\(name)\", which the schema doesn't have.\(Suggestion.text(for: name, among: names)) Correct the name, or take the hooks out.",
                    path: "hooks.\(name)", model: name))
        }
        var byModel: [String: ModelHooks] = [:]
        for model in schema.models {
            var own = hooks.byModel[model.name]
            var seen: Set<String> = [model.name]
            var base = model.definition.base
            while seen.insert(base).inserted {
                if let inherited = hooks.byModel[base] { own = inherited.followed(by: own ?? ModelHooks()) }
                guard let next = schema.models.first(where: { $0.name == base }) else { break }
                base = next.definition.base
            }
            byModel[model.name] = own
        }
        for (name, own) in byModel.sorted(by: { $0.key < $1.key }) {
            guard let model = schema.models.first(where: { $0.name == name }), !model.isPersisted else { continue }
            guard own.takesPart || !own.access.isEmpty, hooks.byModel[name] != nil else { continue }
            let isOnlyValidated =
                own.access.isEmpty && own.beforeSave.isEmpty && own.persist.isEmpty && own.afterSave.isEmpty
                && !own.takesPartInDeletes
            guard !isOnlyValidated else { continue }
            problems.append(
                PlannerError(
                    .invalidDefinition,
                    "\(name) has no table: its records are kept in those of others, and written with them. Give the hooks to these; validators and loaded hooks are fine.",
                    path: "hooks.\(name)", model: name))
        }
        guard problems.isEmpty else { throw SchemaError(problems) }
        // Who keeps records that are validated takes part, and who keeps these in turn.
        var isFound = true
        while isFound {
            isFound = false
            for model in schema.models where byModel[model.name]?.keepsValidated != true {
                let keeps = model.relations.contains { relation in
                    guard relation.embedded != nil, let target = relation.target,
                        let hooks = byModel[schema[target].name]
                    else { return false }
                    return !hooks.validators.isEmpty || hooks.keepsValidated
                }
                guard keeps else { continue }
                byModel[model.name, default: ModelHooks()].keepsValidated = true
                isFound = true
            }
        }
        maximumDepth = max(1, hooks.maximumDepth)
        self.byModel = byModel
        accessed = byModel.filter { !$0.value.access.isEmpty }.keys.sorted()
        shown = Set(byModel.filter { !$0.value.loaded.isEmpty }.keys)
    }

    /// The hooks of a model, nil when it has none.
    subscript(model: String) -> ModelHooks? { byModel[model] }

    func takesPart(in model: String) -> Bool { byModel[model]?.takesPart ?? false }

    func looks(at plan: Plan, in schema: Schema) -> Bool {
        guard !shown.isEmpty else { return false }
        return plan.nodes.contains { $0.deferred != nil || shown.contains(schema[$0.model].name) }
    }

    func access(to model: String, in context: SessionContext) async throws -> JSONValue? {
        guard let hooks = byModel[model]?.access, !hooks.isEmpty else { return .none }
        let depth = try enter(model)
        var access = AccessContext(model, HookSession(context.forHooks(isDeciding: true)))
        for hook in hooks {
            try await HookDepth.$current.withValue(depth) { try await hook(&access) }
        }
        return access.conditions.isEmpty ? .none : .some(["and": .array(access.conditions)])
    }

    /// The depth of what a model's hooks do.
    ///
    /// - Throws: ``HookError`` where that is too deep.
    func enter(_ model: String) throws(HookError) -> Int {
        let depth = HookDepth.current + 1
        guard depth <= maximumDepth else { throw HookError(model: model, depth: depth - 1) }
        return depth
    }

    func shown(_ graph: Graph, in context: SessionContext) async throws -> Graph {
        var graph = graph
        let schema = context.state.planning.schema
        for node in graph.plan.nodes {
            if let graft = graph.grafts[node.id] {
                var graphs: [Graph] = []
                for inner in graft.graphs { graphs.append(try await shown(inner, in: context)) }
                graph.grafts[node.id] = Graft(groups: graft.groups, rows: graft.rows, graphs: graphs)
            }
            let name = schema[node.model].name
            // The root of what a relation leads to isn't shown itself.
            let isShown = node.parent != nil || !node.shown.isEmpty || node.record != nil || node.children.isEmpty
            guard isShown, shown.contains(name), let hooks = byModel[name]?.loaded, let rows = graph.rows(of: node),
                rows.count > 0
            else { continue }
            let depth = try enter(name)
            let before = try graph.ownRecords(of: node, rows.count)
            var loaded = LoadedContext(name, HookSession(context.forHooks()), before.map { .init(json: $0) })
            for hook in hooks {
                try Task.checkCancellation()
                try await HookDepth.$current.withValue(depth) { try await hook(&loaded) }
            }
            guard loaded.records.count == before.count else {
                throw PlannerError(
                    .unsupported,
                    "A loaded hook of \(name) made \(loaded.records.count) records of \(before.count): it may change what is shown of them, not which there are. Use an access hook for that.",
                    model: name)
            }
            let names = Set(graph.layout.nodes[node.id.index].children.map { graph.plan.nodes[$0].name })
            for (row, record) in loaded.records.enumerated() where record.json != before[row] {
                let members = (record.json.members ?? []).filter { !names.contains($0.key) }
                var bytes: [UInt8] = []
                JSONValue.object(members).write(into: &bytes)
                graph.replaced = graph.replaced ?? [:]
                graph.replaced?[node.id, default: [:]][row] = Array(bytes.dropFirst().dropLast())
            }
        }
        return graph
    }
}

extension Graph {
    /// What each record of a node shows of itself.
    fileprivate func ownRecords(of node: Node, _ count: Int) throws -> [JSONValue] {
        var records: [JSONValue] = []
        records.reserveCapacity(count)
        for row in 0..<count {
            var writer = GraphWriter(self, capacity: 256)
            records.append(try JSONValue(parsing: try writer.own(row: row, of: node.id)))
        }
        return records
    }
}
