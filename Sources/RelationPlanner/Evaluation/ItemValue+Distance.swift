// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ItemValue {
    /// Metres between two points on a sphere (the haversine formula), as the planner's SQL has it.
    func distance(to other: ItemValue) -> Double? {
        guard case .point(let x, let y) = self, case .point(let otherX, let otherY) = other else { return nil }
        let radians = Double.pi / 180
        let (latitude, longitude) = (sin((y - otherY) / 2 * radians), sin((x - otherX) / 2 * radians))
        let chord = latitude * latitude + cos(y * radians) * cos(otherY * radians) * longitude * longitude
        return 2 * Condition.Nearness.earthRadius * asin(min(1, chord.squareRoot()))
    }
}
