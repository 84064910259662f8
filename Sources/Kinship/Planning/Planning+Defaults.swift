// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Planning {
    /// The values of new records that their data don't have.
    var defaults: DefaultValues {
        DefaultValues(tenant: scoped.tenancy?.value.json) { function in
            switch function.lowercased() {
            case "now": Date().filterValue
            case "guid", "uuid", "uuidv4": UUID().filterValue
            case "shortid", "nanoid": .string(Self.shortName())
            default: nil
            }
        }
    }

    private static func shortName() -> String {
        let letters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-")
        return String((0..<21).map { _ in letters[Int.random(in: 0..<64)] })
    }
}
