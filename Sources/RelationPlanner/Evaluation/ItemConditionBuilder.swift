// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Makes conditions on embedded records of checked conditions; what can't be told without the server is an error.
struct ItemConditionBuilder {
    let model: Model
    /// The values of the condition's slots; nil while only its shape is looked at.
    let values: [BoundValue]?

    func condition(_ condition: Condition) throws(PlannerError) -> ItemCondition {
        switch condition {
        case .always: return .constant(true)
        case .never: return .constant(false)
        case .all(let conditions): return .all(try self.conditions(conditions))
        case .any(let conditions): return .any(try self.conditions(conditions))
        case .not(let condition): return .not(try self.condition(condition))
        case .isNull(let operand, let negated):
            return .isNull(ItemOperand(operand, of: model, as: .jsonb), negated: negated)
        case .columns(let operand, let comparison, let other):
            return .columns(
                ItemOperand(model.properties[operand.property]), comparison,
                ItemOperand(model.properties[other.property]))
        case .comparison(let operand, let comparison, let value):
            let known = try self.value(value, operand)
            return known.map { .comparison(self.operand(operand, value), comparison, $0) } ?? .constant(nil)
        case .between(let operand, let low, let high):
            guard let lower = try value(low, operand), let upper = try value(high, operand) else {
                return .constant(nil)
            }
            return .between(self.operand(operand, low), lower, upper)
        case .member(let operand, let list, let matchesNull, let negated):
            let type = list.type.element ?? list.type
            guard case .array(let elements) = try value(list, operand) else { return .constant(nil) }
            // The filter's own limits bound this list.
            var budget = StepBudget(nil)
            let sorted = try? elements.compactMap { $0 }.sorted {
                (try ItemValue.compare($0, $1, nil, &budget) ?? 0) < 0
            }
            guard let sorted else { return .constant(nil) }
            return .member(
                ItemOperand(operand, of: model, as: type), values: sorted, matchesNull: matchesNull, negated: negated)
        case .pattern(let operand, let pattern, let text):
            let subject = try textual(operand, "like")
            guard case .text(let text) = contents(text) else { return .constant(nil) }
            let like = LikePattern(text, ignoringCase: pattern == .ilike || pattern == .notIlike)
            return .like(subject, like, negated: pattern == .notLike || pattern == .notIlike)
        case .regularExpression(let operand, let text, let ignoringCase):
            let subject = try textual(operand, "regexp")
            guard case .text(let text) = contents(text) else { return .constant(nil) }
            return .expression(subject, try expression(text, ignoringCase, operand))
        case .containment(let operand, let containment, let value):
            let known = try self.value(value, operand)
            let container = ItemOperand(operand, of: model, as: value.type, isContainer: true)
            return known.map { .containment(container, containment, $0) } ?? .constant(nil)
        case .near(let operand, let nearness):
            guard let center = try value(nearness.center, operand) else { return .constant(nil) }
            return .near(
                ItemOperand(model.properties[operand.property]),
                ItemCondition.Place(
                    center: center, minimum: nearness.minimum.flatMap(double), maximum: nearness.maximum.flatMap(double)
                ))
        case .match(let operand, _):
            throw unsupported("full text search (\"match\") needs a column, which", operand, "match")
        case .related(let related):
            let relation = model.relations[related.relation]
            throw PlannerError(
                .unsupported,
                "Records of \(model.name) are embedded here, so they can't be asked about their relation \"\(relation.name)\"; ask about their own properties.",
                model: model.name, relation: relation.name)
        }
    }

    private func conditions(_ conditions: [Condition]) throws(PlannerError) -> [ItemCondition] {
        var built: [ItemCondition] = []
        for condition in conditions { built.append(try self.condition(condition)) }
        return built
    }

    private func operand(_ operand: Condition.Operand, _ value: BoundValue) -> ItemOperand {
        ItemOperand(operand, of: model, as: value.type)
    }

    /// An operand whose text is looked at.
    private func textual(_ operand: Condition.Operand, _ name: String) throws(PlannerError) -> ItemOperand {
        let subject = ItemOperand(operand, of: model, as: .text)
        guard ItemText.isKnown(subject.type) else {
            throw unsupported(
                "the text that PostgreSQL has for \(subject.type.name) is not known for what", operand, name)
        }
        return subject
    }

    // MARK: Values

    func contents(_ value: BoundValue) -> BoundValue.Contents? {
        guard case .slot(let position) = value.contents else { return value.contents }
        return values.flatMap { $0.indices.contains(position) ? $0[position].contents : nil }
    }

    /// The value; nil for NULL, and while only the shape is looked at.
    private func value(_ value: BoundValue, _ operand: Condition.Operand) throws(PlannerError) -> ItemValue? {
        guard let contents = contents(value), contents != .null else { return nil }
        if let known = ItemValue(contents, value.type) { return known }
        let property = model.properties[operand.property]
        throw PlannerError(
            .invalidValue, "A value for \(model.name).\(property.name) is not of the type \(value.type.name).",
            model: model.name, property: property.name)
    }

    private func double(_ value: BoundValue) -> Double? {
        if case .double(let double) = contents(value) { double } else { nil }
    }

    private func expression(
        _ text: String, _ ignoringCase: Bool, _ operand: Condition.Operand
    ) throws(PlannerError) -> RegularExpression {
        do throws(RegularExpression.Failure) {
            return try RegularExpression(text, ignoringCase: ignoringCase)
        } catch {
            let property = model.properties[operand.property]
            switch error {
            case .invalid(let problem):
                throw PlannerError(
                    .invalidValue,
                    "\"regexp\" of \(model.name).\(property.name) takes a POSIX regular expression; this one is wrong: \(problem).",
                    model: model.name, property: property.name, operator: "regexp")
            case .unsupported(let what):
                throw unsupported("a regular expression with \(what) needs a column, which", operand, "regexp")
            case .tooLarge:
                throw PlannerError(
                    .filterTooLarge,
                    "The regular expression for \(model.name).\(property.name) comes to more than \(RegularExpressionProgram.maximumSize) steps, repetitions counted, which is the limit for embedded records. Write a shorter one, or smaller bounds.",
                    model: model.name, property: property.name, operator: "regexp")
            }
        }
    }

    private func unsupported(_ what: String, _ operand: Condition.Operand, _ name: String) -> PlannerError {
        let property = model.properties[operand.property]
        return PlannerError(
            .unsupported,
            "\(model.name).\(property.name) can't be asked with \"\(name)\" here: \(what) is embedded. Use another operator.",
            model: model.name, property: property.name, operator: name)
    }
}
