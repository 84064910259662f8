// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Differ {
    // MARK: Columns

    mutating func compareColumns(_ existing: Table, _ wanted: Table) {
        let name = wanted.name
        var changes: [MigrationStep.TypeChange] = []
        var rewrites = false
        var losses: [String] = []
        for column in wanted.columns {
            let place = DesiredTables.ColumnPlace(table: name, column: column.name)
            let demand = desired.demands[place] ?? .init(origin: column.name)
            guard let old = existing.column(column.name) else {
                addColumn(column, demand, existing, wanted)
                continue
            }
            var changesType = false
            if !isFine(old.type, for: column.type, demand) {
                let subject = "\(name.shown).\(column.name)"
                let effect = TypeConversion.effect(from: old.type, to: column.type)
                if effect != .free, let referrers = keyUses(of: column.name, in: existing) {
                    problem(
                        .keyChange, subject,
                        "\(subject) would change from \(old.type) to \(column.type), and it is part of \(referrers). Change the key and all that refers to it by hand, or give \(demand.origin) the type \(old.type)."
                    )
                    continue
                }
                if effect == .unsafe, !isEmpty(name) {
                    if allowingLoss.contains(subject) {
                        losses.append(subject)
                    } else {
                        refuse(old, column, of: existing, demand.origin)
                        continue
                    }
                }
                changesType = true
                rewrites = rewrites || effect != .free
                var oldDefault: String?
                if case .expression(let expression) = old.filling { oldDefault = expression }
                changes.append(
                    .init(
                        column: column, oldDefault: oldDefault,
                        using: TypeConversion.using(column.name, from: old.type, to: column.type)))
                // The default comes back with the type.
                if oldDefault != nil {
                    compareNullability(old, column, existing)
                    continue
                }
            }
            compareFilling(old, column, demand, existing, changesType: changesType)
            compareNullability(old, column, existing)
        }
        if !changes.isEmpty {
            add(
                .changeTypes(changes), to: name, rewrites: rewrites,
                loss: losses.isEmpty ? nil : losses.joined(separator: ", "))
        }
        dropColumns(existing, wanted)
    }

    /// Refuses a change of a type that not all values may fit.
    private mutating func refuse(
        _ old: TableCatalog.Column, _ new: TableCatalog.Column, of table: Table, _ origin: String
    ) {
        let change = RefusedChange(
            subject: "\(table.name.shown).\(new.name)", origin: origin, oldType: old.type, newType: new.type,
            table: formerName(table.name), column: formerName(new.name, of: table.name),
            key: table.primaryKey.map { formerName($0, of: table.name) })
        refusedChanges.append(change)
        problem(.typeChange, change.subject, change.message())
    }

    /// The name that a column has until the plan renames it.
    private func formerName(_ column: String, of table: Catalog.TableName) -> String {
        for step in steps where step.table == table {
            if case .renameColumn(let old, column) = step.change { return old }
        }
        return column
    }

    private func isFine(_ type: String, for wanted: String, _ demand: DesiredTables.Demand) -> Bool {
        if TypeConversion.isSame(type, wanted) { return true }
        guard let kind = demand.kind, kind.isKept(in: type) else { return false }
        let column = ColumnType(named: type)
        return !demand.isSized || (column.length == nil && column.precision == nil)
    }

    /// The keys that a column is part of, in words; nil when there are none.
    private func keyUses(of column: String, in table: Table) -> String? {
        var uses: [String] = []
        if table.primaryKey.contains(column) { uses.append("the primary key") }
        for key in table.foreignKeys where key.columns.contains(column) { uses.append("the foreign key \(key.name)") }
        for other in current.tables.values.sorted(by: { $0.name.shown < $1.name.shown }) {
            for key in other.foreignKeys where key.target == table.name && key.targetColumns.contains(column) {
                uses.append("what \(other.name.shown).\(key.columns.joined(separator: ", ")) refers to")
            }
        }
        return uses.isEmpty ? nil : uses.joined(separator: ", ")
    }

    private mutating func addColumn(
        _ column: TableCatalog.Column, _ demand: DesiredTables.Demand, _ existing: Table, _ wanted: Table
    ) {
        let domain = domain(of: column)
        let isFilled = column.filling != .none || domain?.databaseDefault != nil
        if !column.isNullable || domain?.isNullable == false, !isFilled, !isEmpty(wanted.name) {
            return problem(
                .requiredWithoutDefault, "\(wanted.name.shown).\(column.name)",
                "\(demand.origin) is required, and the rows of \(wanted.name.shown) have no value for it. Give it a default ({\"postgresql\": {\"dbDefault\": …}}), or leave it optional until all rows have a value."
            )
        }
        let rewrites: Bool
        switch column.filling {
        case .none: rewrites = false
        case .expression(let expression): rewrites = Self.mayBeVolatile(expression)
        case .identity, .serial, .generated: rewrites = true
        }
        // A domain's checks are made of each row, and the table is written anew for that.
        let isChecked = domain.map { !$0.checks.isEmpty || !$0.isNullable } ?? false
        add(.addColumn(column), to: wanted.name, rewrites: (rewrites || isChecked) && !isPlain(wanted.name))
    }

    /// The domain that a column is of.
    private func domain(of column: TableCatalog.Column) -> DomainDefinition? {
        guard let name = Catalog.TableName(type: column.type) else { return nil }
        guard case .domain(let domain)? = desired.catalog.types[name] ?? current.types[name] else { return nil }
        return domain
    }

    /// Whether each row may get another value: of calls, only those that give the time of the transaction surely don't.
    static func mayBeVolatile(_ expression: String) -> Bool {
        let plain = Spelling.plain(expression)
        return plain.contains("(") && plain != "now()" && !plain.hasPrefix("'")
    }

    private mutating func compareFilling(
        _ old: TableCatalog.Column, _ new: TableCatalog.Column, _ demand: DesiredTables.Demand, _ existing: Table,
        changesType: Bool
    ) {
        let name = existing.name
        switch (old.filling, new.filling) {
        case (.generated(let old), .generated(let expression)):
            // A column can't be made of something else without being made anew.
            if !Spelling.isSame(old, expression) { unmanaged.append("\(name.shown).\(new.name) (generated as \(old))") }
        case (_, .generated): unmanaged.append("\(name.shown).\(new.name) (not generated)")
        case (.identity(always: false), .identity(always: true)):
            unmanaged.append("\(name.shown).\(new.name) (identity by default)")
        case (.identity, .identity), (.serial, .identity), (.generated, _): break
        case (.none, .identity(let always)): add(.addIdentity(new.name, always: always), to: name)
        case (.none, .expression(let expression)):
            // A program gives the values itself.
            if !demand.isFilledByPrograms { add(.setDefault(new.name, expression: expression), to: name) }
        case (.expression(let old), .expression(let expression)):
            if demand.isFilledByPrograms || Spelling.isSame(old, expression) { break }
            add(.setDefault(new.name, expression: expression), to: name)
        case (.expression(let expression), .none):
            // One that a migration made goes, others stay.
            guard let made = known?.tables[name]?.column(new.name), case .expression(let own) = made.filling,
                Spelling.isSame(own, expression)
            else {
                unmanaged.append("\(name.shown).\(new.name) (default)")
                break
            }
            add(.dropDefault(new.name), to: name)
        default: break
        }
    }

    private mutating func compareNullability(
        _ old: TableCatalog.Column, _ new: TableCatalog.Column, _ existing: Table
    ) {
        guard old.isNullable != new.isNullable else { return }
        if !new.isNullable {
            add(.setNotNull(new.name), to: existing.name, scans: !isPlain(existing.name))
        } else if existing.primaryKey.contains(new.name) {
            return
        } else if known?.tables[existing.name]?.column(new.name)?.isNullable == false {
            add(.dropNotNull(new.name), to: existing.name)
        } else {
            unmanaged.append("\(existing.name.shown).\(new.name) (not null)")
        }
    }

    private mutating func dropColumns(_ existing: Table, _ wanted: Table) {
        let name = existing.name
        let added = wanted.columns.filter { existing.column($0.name) == nil }
        for column in existing.columns where wanted.column(column.name) == nil {
            let subject = "\(name.shown).\(column.name)"
            guard known?.tables[name]?.column(column.name) != nil else {
                unmanaged.append(subject)
                continue
            }
            if existing.primaryKey.contains(column.name) {
                problem(
                    .keyChange, subject,
                    "No property has \(subject) any more, and it is part of the primary key. Change the key by hand.")
                continue
            }
            add(.dropColumn(column.name), to: name, loss: isEmpty(name) ? nil : subject)
            guard !isEmpty(name), !allowingLoss.contains(subject) else { continue }
            var message =
                "No property has \(subject) any more; dropping it loses its values. Allow it with --allow-loss \(subject)."
            if let new = added.first(where: { TypeConversion.isSame($0.type, column.type) }) {
                let origin = desired.demands[.init(table: name, column: new.name)]?.origin ?? new.name
                message +=
                    " If it was renamed to \(new.name), say so: \"renamedFrom\": \"\(column.name)\" in \(origin), or --rename \(origin.prefix { $0 != "." }).\(column.name)=\(origin.drop { $0 != "." }.dropFirst())."
            }
            problem(.loss, subject, message)
        }
    }
}
