// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Kinship
import KinshipREST

/// A relation of each kind: the model, its path, the relation, a record that has it, and a key that isn't among its records.
struct RelationSubject: Sendable {
    let model: String
    let path: String
    let relation: String
    let id: String
    let foreign: String

    static let all = [
        RelationSubject(model: "Customer", path: "Customers", relation: "orders", id: "3", foreign: "50"),
        RelationSubject(model: "Physician", path: "Physicians", relation: "patients", id: "1", foreign: "2"),
        RelationSubject(model: "Category", path: "Categories", relation: "products", id: "2", foreign: "2"),
        RelationSubject(model: "Customer", path: "Customers", relation: "profile", id: "4", foreign: ""),
        RelationSubject(model: "Order", path: "Orders", relation: "customer", id: "4", foreign: ""),
        RelationSubject(model: "Customer", path: "Customers", relation: "favorites", id: "27", foreign: "4"),
        RelationSubject(model: "Customer", path: "Customers", relation: "addresses", id: "6", foreign: "99"),
        RelationSubject(model: "Customer", path: "Customers", relation: "billing", id: "7", foreign: ""),
        RelationSubject(model: "Product", path: "Products", relation: "pictures", id: "6", foreign: "1"),
        RelationSubject(model: "Customer", path: "Customers", relation: "avatar", id: "1", foreign: ""),
        RelationSubject(model: "Picture", path: "Pictures", relation: "imageable", id: "1", foreign: ""),
        RelationSubject(model: "Product", path: "Products", relation: "tags", id: "2", foreign: "3"),
    ]
}

/// A relation below whose records there are routes of their relations: a record that has it, the key of a related one, and of one that is
/// another record's. To one there are no keys.
struct NestedSubject: Sendable {
    let model: String
    let relation: String
    let id: String
    var key = ""
    var foreign = ""

    static let all = [
        NestedSubject(model: "Customer", relation: "orders", id: "3", key: "4", foreign: "50"),
        NestedSubject(model: "Physician", relation: "patients", id: "1", key: "4", foreign: "2"),
        NestedSubject(model: "Category", relation: "products", id: "2", key: "1", foreign: "2"),
        NestedSubject(model: "Customer", relation: "favorites", id: "27", key: "1", foreign: "4"),
        NestedSubject(model: "Customer", relation: "pictures", id: "1", key: "47", foreign: "46"),
        NestedSubject(model: "Order", relation: "customer", id: "4"),
        NestedSubject(model: "Customer", relation: "profile", id: "4"),
    ]

    /// A route below it, and what it does with which relation of the related record.
    struct Nested {
        let route: Route
        let inner: String
        let operation: RelationOperation

        func path(id: String, key: String, inner: String = "1") -> String {
            "/api"
                + route.path.replacing(":id", with: id).replacing(":nk", with: key).replacing(":fk", with: inner)
        }
    }

    func routes(_ served: ServedDatabase) -> [Nested] {
        served.service.routes.routes.compactMap { route in
            guard route.model == model, case .nested(relation, let inner, let operation) = route.operation else {
                return nil
            }
            return Nested(route: route, inner: inner, operation: operation)
        }
    }

    /// The corpus with these routes.
    static func corpus(
        _ change: (inout ModelDefinition) -> Void = { _ in }
    ) throws -> (tables: String, models: [ModelDefinition]) {
        try ServedDatabase.corpus { definition in
            for index in definition.relations.indices
            where all.contains(where: {
                $0.model == definition.name && $0.relation == definition.relations[index].name
            }) {
                definition.relations[index].nestRemoting = true
            }
            change(&definition)
        }
    }
}

extension RelationOperation {
    var takesBody: Bool {
        switch self {
        case .create, .update, .updateById, .link: true
        default: false
        }
    }
}
#endif
