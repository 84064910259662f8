// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A reader of one part of a filter. All readers of a filter share one context, and none keeps anything of its own.
protocol ContextReader {
    var context: ReadingContext { get }
}

extension ContextReader {
    var schema: Schema { context.schema }
    var limits: FilterLimits { context.limits }
    var isTrusted: Bool { context.isTrusted }
    var isNested: Bool { context.isNested }

    /// Reads what stands at a key.
    func at<R>(_ key: String, _ body: () throws(PlannerError) -> R) throws(PlannerError) -> R {
        try context.at(key, body)
    }

    /// Reads an element of a list.
    func at<R>(_ index: Int, _ body: () throws(PlannerError) -> R) throws(PlannerError) -> R {
        try context.at(index, body)
    }

    /// One level deeper.
    func nested<R>(_ body: () throws(PlannerError) -> R) throws(PlannerError) -> R { try context.nested(body) }

    /// Inside an include or a relation, where protected properties are out of bounds.
    func inside<R>(_ body: () throws(PlannerError) -> R) throws(PlannerError) -> R { try context.inside(body) }

    func countNode() throws(PlannerError) { try context.countNode() }

    /// A mistake at the place that is being read.
    func error(
        _ code: PlannerError.Code, _ message: String, model: Model? = nil, property: String? = nil,
        relation: String? = nil, operator: String? = nil
    ) -> PlannerError {
        context.error(
            code, message, model: model, property: property, relation: relation, operator: `operator`)
    }

    // The other readers, for what stands inside or beside.
    var filterReader: FilterReader { FilterReader(context: context) }
    var conditionReader: ConditionReader { ConditionReader(context: context) }
    var relatedReader: RelatedReader { RelatedReader(context: context) }
    var nameReader: NameReader { NameReader(context: context) }
    var accessRules: AccessRules { AccessRules(context: context) }
    var binder: ValueBinder { ValueBinder(context: context) }
    var operatorReader: OperatorReader { OperatorReader(context: context) }
    var listReader: ListReader { ListReader(context: context) }
    var textReader: TextReader { TextReader(context: context) }
    var containmentReader: ContainmentReader { ContainmentReader(context: context) }
    var textSearchReader: TextSearchReader { TextSearchReader(context: context) }
    var nearnessReader: NearnessReader { NearnessReader(context: context) }
    var orderReader: OrderReader { OrderReader(context: context) }
    var cursorReader: CursorReader { CursorReader(context: context) }
    var pageReader: PageReader { PageReader(context: context) }
    var fieldsReader: FieldsReader { FieldsReader(context: context) }
    var includeReader: IncludeReader { IncludeReader(context: context) }
    var summaryReader: SummaryReader { SummaryReader(context: context) }
    var linkReader: LinkReader { LinkReader(context: context) }
    var typeScopeReader: TypeScopeReader { TypeScopeReader(context: context) }
}
