// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Include {
    fileprivate mutating func beNarrowed() {
        scope.beNarrowed()
        for index in typeScopes.indices { typeScopes[index].scope.beNarrowed() }
    }

    /// This include and a later one of the same relation in the same place, as one (D9).
    func merged(withLater later: Include) -> Include {
        var merged = self
        merged.scope = scope.merged(withLater: later.scope)
        for type in later.typeScopes {
            if let known = merged.typeScopes.firstIndex(where: { $0.model == type.model }) {
                merged.typeScopes[known].scope = merged.typeScopes[known].scope.merged(withLater: type.scope)
            } else {
                merged.typeScopes.append(type)
            }
        }
        switch (summary, later.summary) {
        case (nil, nil): break
        case (var one?, let other?):
            one.count = one.count || other.count
            one.rows = one.rows || other.rows
            one.aggregates += other.aggregates.filter { !one.aggregates.contains($0) }
            merged.summary = one
        case (var one?, nil), (nil, var one?):
            // One entry asked for rows.
            one.rows = true
            merged.summary = one
        }
        if let link, var other = later.link {
            other.condition = link.condition.and(other.condition)
            if other.order.isEmpty { other.order = link.order }
            if other.name == nil { (other.name, other.fields) = (link.name, link.fields) }
            merged.link = other
        } else {
            merged.link = link ?? later.link
        }
        return merged
    }
}

extension Filter {
    /// This filter and a later one for the same rows: conditions AND-ed, includes united, for other keys the later one
    /// wins where it has one (D9).
    func merged(withLater later: Filter) -> Filter {
        var merged = self
        merged.condition = condition.and(later.condition)
        if !later.order.isEmpty { merged.order = later.order }
        merged.limit = later.limit ?? limit
        merged.skip = later.skip ?? skip
        merged.fields = later.fields ?? fields
        merged.cursor = later.cursor ?? cursor
        merged.distinct = distinct || later.distinct
        merged.deleted = later.deleted ?? deleted
        merged.page = page || later.page
        merged.pageCursors = pageCursors || later.pageCursors
        for include in later.include {
            if let known = merged.include.firstIndex(where: { $0.relation == include.relation }) {
                merged.include[known] = merged.include[known].merged(withLater: include)
            } else {
                merged.include.append(include)
            }
        }
        return merged
    }

    /// This filter, the caller's, with a scope: LoopBack's `mergeQuery` as K2 has it.
    ///
    /// Conditions are AND-ed; the scope's limit, skip and fields win; the caller's order wins when there is one;
    /// includes are united, the scope's first. For a relation that both include, the scope's entry takes the place of
    /// the caller's, and what both include below it is united in turn.
    ///
    /// ```swift
    /// let merged = asked.merging(scope: open)  // neither value changes
    /// ```
    public func merging(scope: Filter) -> Filter {
        var merged = self
        merged.condition = condition.and(scope.condition)
        if order.isEmpty { merged.order = scope.order }
        merged.deleted = deleted ?? scope.deleted
        guard !isNarrowed else { return merged.narrowed(by: scope) }
        merged.limit = scope.limit ?? limit
        merged.skip = scope.skip ?? skip
        merged.fields = scope.fields ?? fields
        merged.distinct = distinct || scope.distinct
        if !scope.include.isEmpty { merged.include = Self.unite(include, withScope: scope.include) }
        return merged
    }

    /// Of the records that the scope has those that the filter wants: where both leave some out, and have a limit, both hold.
    private func narrowed(by scope: Filter) -> Filter {
        var narrowed = self
        if case .rows(let first)? = scope.skip {
            if case .rows(let more)? = skip {
                narrowed.skip = .rows(first > .max - more ? .max : first + more)
            } else {
                narrowed.skip = scope.skip
            }
        }
        if case .rows(let all)? = scope.limit {
            var left = all
            if case .rows(let gone)? = skip { left = max(0, all - gone) }
            if case .rows(let own)? = limit { left = min(left, own) }
            if left > 0 {
                narrowed.limit = .rows(left)
            } else {
                (narrowed.limit, narrowed.condition) = (nil, .never)
            }
        } else if limit == nil {
            narrowed.limit = scope.limit
        }
        var include = scope.include
        for own in self.include {
            guard let known = include.firstIndex(where: { $0.relation == own.relation }) else {
                include.append(own)
                continue
            }
            var both = own
            both.scope = own.scope.merging(scope: include[known].scope)
            for type in include[known].typeScopes {
                if let place = both.typeScopes.firstIndex(where: { $0.model == type.model }) {
                    both.typeScopes[place].scope = both.typeScopes[place].scope.merging(scope: type.scope)
                } else {
                    both.typeScopes.append(type)
                }
            }
            include[known] = both
        }
        for index in include.indices { include[index].beNarrowed() }
        narrowed.include = include
        return narrowed
    }

    /// Says of the filter and of all it includes that scopes narrow them.
    package mutating func beNarrowed() {
        isNarrowed = true
        for index in include.indices { include[index].beNarrowed() }
    }

    private static func unite(_ asked: [Include], withScope scope: [Include]) -> [Include] {
        var united = scope
        for include in asked {
            guard let known = united.firstIndex(where: { $0.relation == include.relation }) else {
                united.append(include)
                continue
            }
            united[known].scope.include = unite(include.scope.include, withScope: united[known].scope.include)
            // Numbers and link columns can't be said in LoopBack's scopes: what was asked isn't replaced by nothing.
            united[known].summary = united[known].summary ?? include.summary
            united[known].link = united[known].link ?? include.link
            for type in include.typeScopes {
                if let place = united[known].typeScopes.firstIndex(where: { $0.model == type.model }) {
                    united[known].typeScopes[place].scope.include = unite(
                        type.scope.include, withScope: united[known].typeScopes[place].scope.include)
                } else if !type.scope.include.isEmpty {
                    var below = Filter()
                    below.include = type.scope.include
                    united[known].typeScopes.append(TypeScope(type.model, below))
                }
            }
        }
        return united
    }

    private typealias TypeScope = Include.TypeScope
}
