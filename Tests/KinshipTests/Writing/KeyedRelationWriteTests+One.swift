// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport

// Relations to one record.
extension KeyedRelationWriteTests {
    static let hasOne: [WriteExample] = [
        .init("one", profiles("1,1,a;2,2,b;1001,3,c"), most: 2) {
            try await $0.createRelated(
                "Customer", id: $1.json(3), relation: "profile", ["bio": "c", "customerId": $1.json(3)]
            ).statistics
        },
        .init("a second one", "RELATION_EXISTS", sameProfiles) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "profile", ["bio": "c"]).statistics
        },
        .init("with another key", "KEY_OVERRIDE", sameProfiles) {
            try await $0.createRelated("Customer", id: $1.json(3), relation: "profile", ["customerId": $1.json(1)])
                .statistics
        },
        .init("of nobody", "MODEL_NOT_FOUND", sameProfiles) {
            try await $0.createRelated("Customer", id: $1.json(7), relation: "profile", ["bio": "c"]).statistics
        },
        .init("change", profiles("1,1,z;2,2,b")) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "profile", ["bio": "z", "id": 1])
                .statistics
        },
        .init("change its key", "KEY_OVERRIDE", sameProfiles) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "profile", ["bio": "z", "id": 5])
                .statistics
        },
        .init("change whose it is", "KEY_OVERRIDE", sameProfiles) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "profile", ["customerId": $1.json(3)])
                .statistics
        },
        .init("change none", "RELATION_EMPTY", sameProfiles) {
            try await $0.updateRelated("Customer", id: $1.json(3), relation: "profile", ["bio": "z"]).statistics
        },
        .init("change none by its key", "RELATION_EMPTY", sameProfiles) {
            try await $0.updateRelated("Customer", id: $1.json(3), relation: "profile", ["bio": "z", "id": 1])
                .statistics
        },
        .init("delete", profiles("2,2,b")) {
            try await $0.deleteRelated("Customer", id: $1.json(1), relation: "profile").statistics
        },
        .init("delete none", "RELATION_EMPTY", sameProfiles) {
            try await $0.deleteRelated("Customer", id: $1.json(3), relation: "profile").statistics
        },
        .init("take", profiles("1,3,a;2,2,b"), most: 2) {
            try await $0.addRelated("Customer", id: $1.json(3), relation: "profile", key: 1).statistics
        },
        .init("take the place of another one", profiles("1,2,a;2,-,b"), most: 2) {
            try await $0.addRelated("Customer", id: $1.json(2), relation: "profile", key: 1).statistics
        },
        .init("take what isn't there", "MODEL_NOT_FOUND", sameProfiles) {
            try await $0.addRelated("Customer", id: $1.json(2), relation: "profile", key: 99).statistics
        },
        .init("let go", profiles("1,-,a;2,2,b")) {
            try await $0.removeRelated("Customer", id: $1.json(1), relation: "profile", key: 1).statistics
        },
        .init("let go without a key", profiles("1,-,a;2,2,b")) {
            try await $0.removeRelated("Customer", id: $1.json(1), relation: "profile").statistics
        },
        .init("let another's go", sameProfiles) {
            try await $0.removeRelated("Customer", id: $1.json(1), relation: "profile", key: 2).statistics
        },
        .init("set", "UNSUPPORTED", sameProfiles) {
            try await $0.setRelated("Customer", id: $1.json(1), relation: "profile", keys: [1]).statistics
        },
        .init("change the first", pictures("1,1,C,z;2,1,C,u2;3,2,C,u3;4,1,G,u4")) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "avatar", ["url": "z"]).statistics
        },
        .init("delete the first", pictures("2,1,C,u2;3,2,C,u3;4,1,G,u4")) {
            try await $0.deleteRelated("Customer", id: $1.json(1), relation: "avatar").statistics
        },
        .init("one of a type", pictures("1,1,C,u1;2,1,C,u2;3,2,C,u3;4,1,G,u4;1001,3,C,n"), most: 2) {
            try await $0.createRelated(
                "Customer", id: $1.json(3), relation: "avatar", ["url": "n", "ownerType": "Customer"]
            ).statistics
        },
        .init("a second one of a type", "RELATION_EXISTS", samePictures) {
            try await $0.createRelated("Customer", id: $1.json(2), relation: "avatar", ["url": "n"]).statistics
        },
    ]

    static let polymorphic: [WriteExample] = [
        .init("several", pictures("1,1,C,u1;2,1,C,u2;3,2,C,u3;4,1,G,u4;1001,1,C,n;1002,1,C,m")) {
            try await $0.createRelated(
                "Customer", id: $1.json(1), relation: "pictures",
                [["url": "n"], ["url": "m", "ownerType": "Customer"]]
            )
            .statistics
        },
        .init("of another type", "KEY_OVERRIDE", samePictures) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "pictures", ["ownerType": "Group"])
                .statistics
        },
        .init("of another record", "KEY_OVERRIDE", samePictures) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "pictures", ["ownerId": $1.json(2)])
                .statistics
        },
        .init("of nobody", "MODEL_NOT_FOUND", samePictures) {
            try await $0.createRelated("Customer", id: $1.json(7), relation: "pictures", ["url": "n"]).statistics
        },
        .init("change another type's", "MODEL_NOT_FOUND", samePictures) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "pictures", key: 4, ["url": "z"])
                .statistics
        },
        .init("change its type", "KEY_OVERRIDE", samePictures) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "pictures", key: 1, ["ownerType": "Group"])
                .statistics
        },
        .init("change the type of all", "KEY_OVERRIDE", samePictures) {
            try await $0.updateAllRelated("Customer", id: $1.json(1), relation: "pictures", ["ownerType": "Group"])
                .statistics
        },
        .init("delete all", pictures("3,2,C,u3;4,1,G,u4")) {
            try await $0.deleteAllRelated("Customer", id: $1.json(1), relation: "pictures").statistics
        },
        .init("delete all of the other type", pictures("1,1,C,u1;2,1,C,u2;3,2,C,u3")) {
            try await $0.deleteAllRelated("Group", id: $1.json(1), relation: "pictures").statistics
        },
        .init("set", pictures("1,-,C,u1;2,1,C,u2;3,2,C,u3;4,1,C,u4"), most: 2) {
            try await $0.setRelated("Customer", id: $1.json(1), relation: "pictures", keys: [2, 4]).statistics
        },
    ]

    static let belongsTo: [WriteExample] = [
        .init("one", owners("1,Ada,12;2,Bob,21;3,Cy,-;4,Dan,11")) {
            try await $0.createRelated("Order", id: 11, relation: "customer", ["id": $1.json(4), "name": "Dan"])
                .statistics
        },
        .init("of no order", "MODEL_NOT_FOUND", sameOwners) {
            try await $0.createRelated("Order", id: 777, relation: "customer", ["id": $1.json(4), "name": "Dan"])
                .statistics
        },
        .init("without a name", "VALIDATION_ERROR name:presence", sameOwners) {
            try await $0.createRelated("Order", id: 11, relation: "customer", ["id": $1.json(4)]).statistics
        },
        .init("twice", "23505", sameOwners) {
            try await $0.createRelated("Order", id: 11, relation: "customer", ["id": $1.json(2), "name": "Dan"])
                .statistics
        },
        .init("change", owners("1,Ann,11+12;2,Bob,21;3,Cy,-")) { shop, _ in
            try await shop.updateRelated("Order", id: 11, relation: "customer", ["name": "Ann"]).statistics
        },
        .init("change to the same", owners("1,Ann,11+12;2,Bob,21;3,Cy,-")) {
            try await $0.updateRelated("Order", id: 11, relation: "customer", ["name": "Ann", "id": $1.json(1)])
                .statistics
        },
        .init("change its key", "KEY_OVERRIDE", sameOwners) {
            try await $0.updateRelated("Order", id: 11, relation: "customer", ["name": "Ann", "id": $1.json(2)])
                .statistics
        },
        .init("change none", "RELATION_EMPTY", sameOwners) { shop, _ in
            try await shop.updateRelated("Order", id: 99, relation: "customer", ["name": "Ann"]).statistics
        },
        .init("delete", owners("1,Ada,12;2,Bob,21;3,Cy,-")) { shop, _ in
            try await shop.deleteRelated("Order", id: 11, relation: "customer").statistics
        },
        .init("delete none", "RELATION_EMPTY", sameOwners) { shop, _ in
            try await shop.deleteRelated("Order", id: 99, relation: "customer").statistics
        },
        .init("remove", owners("1,Ada,12;2,Bob,21;3,Cy,-")) { shop, _ in
            try await shop.removeRelated("Order", id: 11, relation: "customer").statistics
        },
        .init("refer to another one", owners("1,Ada,12;2,Bob,11+21;3,Cy,-")) {
            try await $0.addRelated("Order", id: 11, relation: "customer", key: $1.json(2)).statistics
        },
        .init("refer to nobody", "MODEL_NOT_FOUND", sameOwners) {
            try await $0.addRelated("Order", id: 11, relation: "customer", key: $1.json(7)).statistics
        },
        .init("let no order refer", "MODEL_NOT_FOUND", sameOwners) {
            try await $0.addRelated("Order", id: 777, relation: "customer", key: $1.json(2)).statistics
        },
        .init("set", "UNSUPPORTED", sameOwners) {
            try await $0.setRelated("Order", id: 11, relation: "customer", keys: [$1.json(2)]).statistics
        },
        .init("delete all", "UNSUPPORTED", sameOwners) { shop, _ in
            try await shop.deleteAllRelated("Order", id: 11, relation: "customer").statistics
        },
        .init("of several models without saying which", "INVALID_VALUE", samePictures) {
            try await $0.createRelated("Picture", id: 1, relation: "owner", ["id": $1.json(4), "name": "Dan"])
                .statistics
        },
    ]
}
