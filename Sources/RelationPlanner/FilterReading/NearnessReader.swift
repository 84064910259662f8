// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads what is said about distances from a point.
struct NearnessReader: ContextReader {
    let context: ReadingContext

    /// Radii of the earth in the units LoopBack's GeoPoint knows.
    private static let earthRadii: [String: Double] = [
        "kilometers": 6_370.990_56, "meters": 6_370_990.56, "miles": 3_958.75, "feet": 20_902_200, "radians": 1,
        "degrees": 180 / Double.pi,
    ]

    /// `{"near": {"lat", "lng"}, "maxDistance": 5, "unit": "kilometers"}`.
    func near(
        _ json: JSONValue, _ members: [JSONValue.Member], _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        guard property.columnType.hasDistance, operand.path.isEmpty else {
            throw binder.invalid(
                model, property, "near", "a column of type point; this one is \(property.columnType.name)")
        }
        guard json != .null else { throw binder.invalid(model, property, "near", ValueReader.expectation(.point)) }
        var nearness = Condition.Nearness(try binder.bind(json, property, model, "near"))
        let unit = members["unit"]?.text ?? "miles"
        guard let radius = Self.earthRadii[unit] else {
            throw binder.invalid(
                model, property, "unit", "one of \(Self.earthRadii.keys.sorted().joined(separator: ", "))")
        }
        func distance(_ name: String) throws(PlannerError) -> BoundValue? {
            guard let json = members[name], json != .null else { return nil }
            guard case .double(let value) = ValueReader.contents(json, .float8, .number), value.isFinite, value >= 0
            else {
                throw binder.invalid(model, property, name, "a distance of at least 0")
            }
            return BoundValue(.float8, .double(value / radius * Condition.Nearness.earthRadius))
        }
        nearness.minimum = try distance("minDistance")
        nearness.maximum = try distance("maxDistance")
        return .near(operand, nearness)
    }
}
