// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

extension Evaluator {
    private static let radii: [String: Double] = [
        "kilometers": 6370.99056, "meters": 6_370_990.56, "miles": 3958.75, "feet": 20_902_200, "radians": 1,
        "degrees": 180 / Double.pi,
    ]

    /// Points within a distance, on a sphere.
    func near(_ value: JSONValue, _ members: [JSONValue.Member], _ operand: Operand) throws(Refusal) -> Test {
        guard operand.column.kind == .point, case .point(let x, let y)? = ValueReading.value(value, .point) else {
            throw Refusal(.invalidValue)
        }
        guard let radius = Self.radii[members[utf8: "unit"]?.text ?? "miles"] else { throw Refusal(.invalidValue) }
        func bound(_ name: String) throws(Refusal) -> Double? {
            guard let json = members[utf8: name], json != .null else { return nil }
            guard case .double(let value)? = ValueReading.value(json, .float8), value >= 0, value.isFinite else {
                throw Refusal(.invalidValue)
            }
            return value
        }
        let (low, high) = (try bound("minDistance"), try bound("maxDistance"))
        return { row in
            guard let angle = Self.angle(operand.cell(row), x, y) else {
                return low == nil && high == nil ? false : nil
            }
            return angle * radius >= low ?? 0 && angle * radius <= high ?? .infinity
        }
    }

    /// The angle between a cell's point and another, in radians; nil without a point.
    static func angle(_ cell: Cell, _ x: Double, _ y: Double) -> Double? {
        guard case .point(let cellX, let cellY)? = cell.value else { return nil }
        let degree = Double.pi / 180
        let (latitude, longitude) = (sin((cellY - y) / 2 * degree), sin((cellX - x) / 2 * degree))
        let square = latitude * latitude + cos(cellY * degree) * cos(y * degree) * longitude * longitude
        return 2 * asin(min(1, square.squareRoot()))
    }

    /// The first `near` that all rows have to meet: without an order the nearest come first.
    func nearness(_ condition: JSONValue) -> (property: String, x: Double, y: Double)? {
        for member in condition.members ?? [] {
            if member.key == "and" {
                if let found = (member.value.elements ?? []).lazy.compactMap(nearness).first { return found }
            } else if case .point(let x, let y)? = member.value["near"].flatMap({ ValueReading.value($0, .point) }) {
                return (member.key, x, y)
            }
        }
        return nil
    }
}
