// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// What a description says of a route, whatever it is written in.
struct DescribedRoute {
    /// What is sent.
    enum Body: Equatable {
        case none
        /// Data of a model: whole for a new record, in part for a change; a list of them too.
        case data(Model.ID, isPartial: Bool, takesList: Bool)
        /// Data of a record with related ones.
        case graph
        /// What a method takes, each by its name.
        case arguments([MethodParameterDefinition])
        /// What a method takes as a whole.
        case value
        /// Name and password.
        case credentials
        /// Which changes are told.
        case changeOptions(Model.ID)
    }

    /// What comes back.
    enum Result: Equatable {
        case record(Model.ID)
        /// One of several models'.
        case anyRecord([Model.ID])
        case list(Model.ID)
        case count, exists, nothing
        case token
        case value(MethodType?)
        /// Server-sent events.
        case events
    }

    /// What the query takes.
    enum Argument: Equatable {
        case filter(Model.ID)
        case condition(Model.ID)
        case value(MethodParameterDefinition)
        /// Which changes are told.
        case changeOptions(Model.ID)
    }

    let route: Route
    let model: Model
    var arguments: [Argument] = []
    var body = Body.none
    var result = Result.nothing
    var summary = ""

    init(_ route: Route, _ model: Model, _ schema: Schema) {
        (self.route, self.model) = (route, model)
        switch route.operation {
        case .records(let operation): describe(operation)
        case .scope(let name, let operation): describe(operation, name)
        case .relation(let name, let operation):
            guard let relation = model.relation(name) else { return }
            describe(operation, relation, schema)
        case .nested(let outer, let inner, let operation):
            guard let target = model.relation(outer)?.target, let relation = schema[target].relation(inner) else {
                return
            }
            describe(operation, relation, schema)
        case .method(_, let method): describe(method)
        case .user(.login): (summary, body, result) = ("Gets a token for a password.", .credentials, .token)
        case .user(.logout): summary = "Gives the token up."
        }
    }

    /// The path with its parameters in braces.
    var path: String {
        route.segments.reduce(into: "") { path, segment in
            switch segment {
            case .word(let word): path += "/" + word
            case .parameter(let name): path += "/{\(name)}"
            }
        }
    }

    /// The names of the path's parameters.
    var parameters: [String] {
        route.segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    /// Whether it answers without a body.
    var isEmpty: Bool { result == .nothing && !answersPlainly }
    /// Whether several records can be sent, which come back as a list.
    var takesList: Bool {
        switch body {
        case .data(_, _, let takesList): takesList
        case .graph: true
        case .none, .arguments, .value, .credentials, .changeOptions: false
        }
    }
    /// LoopBack answers to HEAD, and to some changes, with a body that nothing is said about.
    var answersPlainly: Bool { route.method == .head }

    // MARK: What is done

    private mutating func describe(_ operation: RecordOperation) {
        let (id, name) = (model.id, model.name)
        switch operation {
        case .find: (summary, arguments, result) = ("Lists records of \(name).", [.filter(id)], .list(id))
        case .findOne: (summary, arguments, result) = ("The first record of a list.", [.filter(id)], .record(id))
        case .findById: (summary, arguments, result) = ("One record of \(name).", [.filter(id)], .record(id))
        case .exists:
            (summary, result) = ("Whether there is such a record.", route.method == .head ? .nothing : .exists)
        case .count: (summary, arguments, result) = ("How many records there are.", [.condition(id)], .count)
        case .createChangeStream:
            (summary, result) = ("Tells of changes as they are committed.", .events)
            if route.method == .post { body = .changeOptions(id) } else { arguments = [.changeOptions(id)] }
        case .create:
            (summary, result) = ("Makes a record of \(name), or several.", .record(id))
            body = .data(id, isPartial: false, takesList: true)
        case .patchOrCreate:
            (summary, result) = ("Changes the record of the key in the data, or makes one.", .record(id))
            body = .data(id, isPartial: true, takesList: false)
        case .replaceOrCreate:
            (summary, result) = ("Replaces the record of the key in the data, or makes one.", .record(id))
            body = .data(id, isPartial: false, takesList: false)
        case .upsertWithWhere:
            (summary, arguments, result) = (
                "Changes the record that meets a condition, or makes one.", [.condition(id)], .record(id)
            )
            body = .data(id, isPartial: true, takesList: false)
        case .updateAll:
            (summary, arguments, result) = ("Changes all records that meet a condition.", [.condition(id)], .count)
            body = .data(id, isPartial: true, takesList: false)
        case .patchAttributes:
            (summary, result) = ("Changes a record.", .record(id))
            body = .data(id, isPartial: true, takesList: false)
        case .replaceById:
            (summary, result) = ("Replaces a record.", .record(id))
            body = .data(id, isPartial: false, takesList: false)
        case .deleteById: (summary, result) = ("Deletes a record.", .count)
        case .createGraph, .updateGraph, .upsertGraph:
            (summary, body, result) = ("Writes a record with related ones.", .graph, .record(id))
        }
    }

    private mutating func describe(_ operation: ScopeOperation, _ name: String) {
        let id = model.id
        switch operation {
        case .find: (summary, arguments, result) = ("Lists what the scope \(name) has.", [.filter(id)], .list(id))
        case .count: (summary, arguments, result) = ("How many the scope \(name) has.", [.condition(id)], .count)
        case .create:
            (summary, result) = ("Makes a record of the scope \(name).", .record(id))
            body = .data(id, isPartial: false, takesList: true)
        case .delete: (summary, arguments) = ("Deletes what the scope \(name) has.", [.condition(id)])
        }
    }

    private mutating func describe(_ operation: RelationOperation, _ relation: Relation, _ schema: Schema) {
        let name = relation.name
        guard let target = relation.target else {
            (summary, result) = ("What \(name) leads to.", .anyRecord(relation.polymorphic?.targets ?? []))
            return
        }
        switch operation {
        case .get:
            summary = "What \(name) leads to."
            (arguments, result) = relation.isToMany ? ([.filter(target)], .list(target)) : ([], .record(target))
        case .count: (summary, arguments, result) = ("How many \(name) there are.", [.condition(target)], .count)
        case .findById: (summary, result) = ("One of \(name).", .record(target))
        case .exists: summary = "Whether it is one of \(name)."
        case .create:
            (summary, result) = ("Makes one of \(name).", .record(target))
            body = .data(target, isPartial: false, takesList: relation.isToMany)
        case .update, .updateById:
            (summary, result) = ("Changes one of \(name).", .record(target))
            body = .data(target, isPartial: true, takesList: false)
        case .delete:
            summary = "Deletes \(name)."
            if relation.isToMany { arguments = [.condition(target)] }
        case .deleteById: summary = "Deletes one of \(name)."
        case .link:
            let shown = relation.through?.model ?? target
            (summary, result) = ("Links one to \(name).", .record(shown))
            body = .data(shown, isPartial: true, takesList: false)
        case .unlink: summary = "Takes the link to one of \(name) away."
        }
        _ = schema
    }

    private mutating func describe(_ method: MethodDefinition) {
        summary = method.summary ?? "The method \(method.name)."
        arguments = method.parameters.filter { method.source(of: $0) == .query }.map { .value($0) }
        let sent = method.parameters.filter { [.body, .form].contains(method.source(of: $0)) }
        if !sent.isEmpty { body = method.source(of: sent[0]) == .body ? .value : .arguments(sent) }
        result = method.result.map { .value($0.isRoot ? $0.type : nil) } ?? .nothing
    }
}
