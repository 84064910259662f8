// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ExplainTree {
    /// The tree for programs: objects of `title`, `badge`, `edge`, `lines` (each an object of `kind` and `text`), `facts` and
    /// `children`; what a node doesn't have is left out, but `children` is always there.
    ///
    /// ```swift
    /// ExplainTree("orders", lines: [.text("3 rows")]).json
    /// // {"title":"orders","lines":[{"kind":"text","text":"3 rows"}],"children":[]}
    /// ```
    public var json: JSONValue {
        // Children before their parents: the last of the values made are those of the next parent.
        var made: [JSONValue] = []
        for place in places.reversed() {
            let node = place.node
            let children = Array(made.suffix(node.children.count).reversed())
            made.removeLast(node.children.count)
            var members = [JSONValue.Member("title", .string(node.title))]
            if let badge = node.badge { members.append(.init("badge", .string(badge))) }
            if let label = node.edgeLabel { members.append(.init("edge", .string(label))) }
            if !node.lines.isEmpty {
                let lines = node.lines.map { line in
                    JSONValue.object([.init("kind", .string(line.kind.rawValue)), .init("text", .string(line.text))])
                }
                members.append(.init("lines", .array(lines)))
            }
            if !node.facts.isEmpty { members.append(.init("facts", .object(node.facts))) }
            members.append(.init("children", .array(children)))
            made.append(.object(members))
        }
        return made.last ?? .null
    }
}
