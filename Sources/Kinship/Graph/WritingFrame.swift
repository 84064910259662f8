// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Something that is to be written still.
enum WritingFrame {
    /// Records of a node from a position on, with commas between, and the bracket behind them.
    case list(node: Node.ID, of: Adjacency?, from: Int, position: Int, end: Int)
    /// Root records from a position on, each on a line.
    case lines(position: Int)
    /// Records of a node from a position on, with commas between, and nothing behind them.
    case records(node: Node.ID, of: Adjacency?, from: Int, position: Int, end: Int)
    /// What a record includes from a child on, and its brace.
    case record(GraphLayout.NodeLayout, row: Int, child: Int, hasMembers: Bool)
    /// The end of something.
    case end(StaticString)
    /// The end of a page: its cursors and its total.
    case endPage
    /// Back from an include's own graph to the one around it.
    case leaveGraft
}
