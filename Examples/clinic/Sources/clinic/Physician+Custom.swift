// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

// What is written by hand stands beside what is generated.
extension Physician {
    /// How the physician is spoken of.
    var title: String { "Dr. \(name)" + (specialty.map { ", \($0)" } ?? "") }
}

extension TypedFiltering where Record == Appointment {
    /// Those that cost something.
    var paid: Self { self.where { $0.fee > 0 } }
}
