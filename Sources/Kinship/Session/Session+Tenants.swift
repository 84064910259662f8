// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Logging
public import RelationPlanner

extension Session {
    /// The same session for the records of one tenant, of models that have a `tenant`.
    ///
    /// ```swift
    /// let acme = database.tenant("acme")
    /// let orders = try await acme.find("Order", filter: ["include": "customer"])
    /// ```
    ///
    /// Every operation reaches the tenant's records and no others, by whatever way it comes to them; what it makes is the tenant's.
    /// ``unscoped`` and `withDeleted` don't get around that. A session without a tenant is ``PlannerError`` `TENANT_REQUIRED` where it
    /// comes to such a model, before anything is sent; so is one whose tenant is `null`, empty, or no value of the property's column.
    /// Data that name another tenant are `TENANT_MISMATCH`, keys that refer to another one's record `MODEL_NOT_FOUND`.
    ///
    /// The value is bound as a parameter, so all tenants share plans. It shares connections, catalog and plans with the session it is made of.
    ///
    /// - Parameter value: what the property of its records has.
    /// - Note: A statement more where data refer to records of tenants: one for each model of these, for each change.
    public func tenant(_ value: JSONValue) -> Self { with(context.reaching(.known(value))) }

    /// The same session, which tells the database whose records are meant, for policies of its own (row-level security) to hold besides.
    ///
    /// ```swift
    /// let guarded = database.with(tenantSetting: "app.tenant")
    /// let orders = try await guarded.tenant("acme").count("Order")
    /// print(orders.count)
    /// ```
    ///
    /// Each round trip begins with `set_config(setting, tenant, true)`, which ends with its transaction: nothing is left on the connection for
    /// the next one. Statements of your own in a transaction have it once an operation of the session has run in it. A session without a
    /// tenant, or for all of them, says nothing.
    ///
    /// - Parameter setting: a setting's name of two parts.
    /// - Note: A statement more in each round trip, and no round trip.
    public func with(tenantSetting setting: String) -> Self { with(context.with(tenantSetting: setting)) }

    /// The same session whosever records are meant: for what the library keeps for itself, such as access tokens.
    package var ofAllTenants: Self { with(context.reaching(.all)) }

    /// The column that says whose a model's records are, and what it has as text; nil where nobody has said, or all are meant.
    ///
    /// - Throws: ``PlannerError`` `TENANT_REQUIRED` where what was said is no value of the column: nobody's records are meant then.
    package func tenant(of model: Model) throws -> (column: String, text: String)? {
        guard let said = context.tenancy.json, said != .null,
            let found = try context.planning.scoped.tenant(of: model)
        else { return nil }
        switch found.value.shown.flatMap({ try? JSONValue(parsing: Array($0.utf8)) }) {
        case .string(let text)?, .number(let text)?: return (found.property.column, text)
        default: return nil
        }
    }

    /// The same session for the records of all tenants: for what a service does for itself, such as moving data.
    ///
    /// ```swift
    /// let all = try await database.withoutTenant(reason: "monthly invoices").count("Order").count
    /// print(all)
    /// ```
    ///
    /// Nothing keeps tenants apart in it: data say themselves whose records they are. It is logged at level `notice` with the reason, each
    /// time one is made.
    ///
    /// - Parameters:
    ///   - reason: why; for the log.
    ///   - fileID: leave it out; the log names it.
    ///   - line: likewise.
    public func withoutTenant(reason: String, fileID: StaticString = #fileID, line: UInt = #line) -> Self {
        (context.logger ?? context.state.planning.logger).notice(
            "A session reaches the records of all tenants",
            metadata: ["reason": "\(reason)", "place": "\(fileID):\(line)"])
        return with(context.reaching(.all))
    }
}
