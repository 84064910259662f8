// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport

extension SeededRandom {
    /// A number from 0 up to one less than `count`, which is at least 1.
    mutating func roll(_ count: Int) -> Int { number(0...max(count - 1, 0)) }

    /// True so many times in a hundred.
    mutating func chance(_ percent: Int) -> Bool { roll(100) < percent }

    /// One of a list that isn't empty.
    mutating func choose<Element>(_ list: [Element]) -> Element { list[roll(list.count)] }

    /// Some of a list, in its order.
    mutating func some<Element>(of list: [Element], _ percent: Int) -> [Element] {
        list.filter { _ in chance(percent) }
    }
}
