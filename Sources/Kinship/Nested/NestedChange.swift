// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A record that is there, and is changed together with others.
struct NestedChange: Sendable {
    /// The position of the record that it belongs to.
    let parent: Int
    /// Its key, as operations take it.
    let key: JSONValue
    /// What is changed.
    var data: JSONValue
    /// Its place in the data.
    let place: String

    /// Changes that can be made by one statement each: those of one form, none of a record that another one of them is of.
    static func together(
        _ positions: [Int], _ records: [RecordData], _ names: [RecordName]
    ) -> (groups: [[Int]], alone: [Int]) {
        var groups: [[Int]] = []
        var open: [RecordData: Int] = [:]
        var seen: Set<RecordName> = []
        var alone: [Int] = []
        for position in positions {
            guard let form = records[position].form, seen.insert(names[position]).inserted else {
                alone.append(position)
                continue
            }
            if let group = open[form] {
                groups[group].append(position)
            } else {
                open[form] = groups.count
                groups.append([position])
            }
        }
        alone += groups.filter { $0.count == 1 }.flatMap(\.self)
        return (groups.filter { $0.count > 1 }, alone.sorted())
    }
}
