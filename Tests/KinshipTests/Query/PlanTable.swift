// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

private typealias Person = PlanWorld.Person

/// What can be said of records, as typed queries and as the JSON that a person would write.
struct PlanTable {
    typealias Filters = [(query: TypedQuery<PlanWorld.Person>, json: JSONValue)]

    let people: TypedQuery<PlanWorld.Person>

    private static let day = PostgresDate(year: 2000, month: 1, day: 3)

    private func condition(_ query: TypedQuery<PlanWorld.Person>, _ json: JSONValue) -> (
        TypedQuery<PlanWorld.Person>, JSONValue
    ) {
        (query, ["where": json])
    }

    var comparisons: Filters {
        [
            condition(people.where { $0.age == 20 }, ["age": 20]),
            condition(people.where { $0.age == 20 }, ["age": ["eq": 20]]),
            condition(people.where { $0.age != 20 }, ["age": ["neq": 20]]),
            condition(people.where { $0.age > 20 }, ["age": ["gt": 20]]),
            condition(people.where { $0.age >= 20 }, ["age": ["gte": 20]]),
            condition(people.where { $0.score < 20.5 }, ["score": ["lt": 20.5]]),
            condition(people.where { $0.score <= 20.5 }, ["score": ["lte": 20.5]]),
            condition(people.where { $0.born == Self.day }, ["born": "2000-01-03"]),
            condition(people.where { $0.born == nil }, ["born": nil]),
            condition(people.where { $0.born != nil }, ["born": ["neq": nil]]),
            condition(people.where { $0.born.exists() }, ["born": ["exists": true]]),
            condition(people.where { $0.born.exists(false) }, ["born": ["exists": false]]),
            condition(people.where { $0.age.between(20, 40) }, ["age": ["between": [20, 40]]]),
            condition(people.where { $0.age.isIn([20, 30]) }, ["age": ["inq": [20, 30]]]),
            condition(people.where { $0.tax.isIn([2, nil]) }, ["tax": ["inq": [2, nil]]]),
            condition(people.where { $0.age.isIn([]) }, ["age": ["inq": []]]),
            condition(people.where { $0.age.isNotIn([20, 30]) }, ["age": ["nin": [20, 30]]]),
            condition(people.where { !($0.age > 20) }, ["age": ["not": ["gt": 20]]]),
            condition(people.where { $0.id == $0.companyId }, ["id": ["eq": ["column": "companyId"]]]),
            condition(people.where { $0.score > $0.tax }, ["score": ["gt": ["column": "tax"]]]),
            condition(
                people.where { $0.score >= $0.age.as(Decimal.self) }, ["score": ["gte": ["column": "age"]]]),
            condition(
                people.where { $0.named("friendIds", as: [Int].self).contains(3) }, ["friendIds": ["contains": [3]]]
            ),
            condition(people.where { $0.age.operator("gt", 20) }, ["age": ["gt": 20]]),
        ]
    }

    var texts: Filters {
        [
            condition(people.where { $0.name.like("A%") }, ["name": ["like": "A%"]]),
            condition(people.where { $0.name.notLike("A%") }, ["name": ["nlike": "A%"]]),
            condition(people.where { $0.nick.ilike("N%") }, ["nick": ["ilike": "N%"]]),
            condition(people.where { $0.nick.notIlike("N%") }, ["nick": ["nilike": "N%"]]),
            condition(people.where { $0.name.matches("/^a/i") }, ["name": ["regexp": "/^a/i"]]),
            condition(people.where { $0.name.startsWith("A") }, ["name": ["startsWith": "A"]]),
            condition(people.where { $0.name.endsWith("2") }, ["name": ["endsWith": "2"]]),
            condition(people.where { $0.name.contains("nn") }, ["name": ["contains": "nn"]]),
            condition(people.where { $0.age.text.like("2%") }, ["age": ["like": "2%"]]),
            condition(people.where { $0.name.search("bob1", .query) }, ["name": ["match": "bob1"]]),
            condition(
                people.where { $0.name.search("bob1", language: "english") },
                ["name": ["match": ["query": "bob1", "syntax": "web", "language": "english"]]]),
            condition(people.where { $0.span.contains("4") }, ["span": ["contains": "4"]]),
            condition(people.where { $0.span.isContained(in: "[1,9)") }, ["span": ["containedBy": "[1,9)"]]),
            condition(people.where { $0.span.overlaps("[1,3)") }, ["span": ["containsAnyOf": "[1,3)"]]),
        ]
    }

    var insides: Filters {
        [
            condition(people.where { $0.tags.contains("y2") }, ["tags": ["contains": "y2"]]),
            condition(people.where { $0.tags.contains(all: ["x", "y2"]) }, ["tags": ["contains": ["x", "y2"]]]),
            condition(
                people.where { $0.tags.contains(anyOf: ["y1", "y2"]) }, ["tags": ["containsAnyOf": ["y1", "y2"]]]),
            condition(
                people.where { $0.tags.isContained(in: ["x", "y3"]) }, ["tags": ["containedBy": ["x", "y3"]]]),
            condition(people.where { $0.tags == ["x", "y3"] }, ["tags": ["eq": ["x", "y3"]]]),
            condition(
                people.where { $0.data.contains(["theme": "dark"]) }, ["data": ["contains": ["theme": "dark"]]]),
            condition(people.where { $0.data.at("theme", String.self) == "dark" }, ["data.theme": "dark"]),
            condition(people.where { $0.data.at("theme", String.self).like("d%") }, ["data.theme": ["like": "d%"]]),
            condition(people.where { $0.data.at("sizes.0", Int.self) > 2 }, ["data.sizes.0": ["gt": 2]]),
            condition(people.where { $0.data.at("ok", Bool.self) == true }, ["data.ok": true]),
            condition(people.where { $0.data.at("none", Int.self) == nil }, ["data.none": nil]),
            condition(people.where { $0.data.at("theme", String.self).exists() }, ["data.theme": ["exists": true]]),
            condition(
                people.where { $0.data.at("sizes", [Int].self).contains(3) }, ["data.sizes": ["contains": [3]]]),
            condition(
                people.where { $0.place.near(latitude: 52, longitude: 15) },
                ["place": ["near": ["lat": 52, "lng": 15]]]
            ),
            condition(
                people.where { $0.place.near(latitude: 52, longitude: 15, within: 70, atLeast: 1, unit: .miles) },
                ["place": ["near": [52, 15], "maxDistance": 70, "minDistance": 1, "unit": "miles"]]),
        ]
    }

    var joined: Filters {
        [
            condition(people.where { $0.age > 10 && $0.age < 40 }, ["age": ["gt": 10, "lt": 40]]),
            condition(
                people.where { $0.age > 10 && $0.age > 20 }, ["and": [["age": ["gt": 10]], ["age": ["gt": 20]]]]),
            condition(people.where { $0.age == 20 || $0.nick == nil }, ["or": [["age": 20], ["nick": nil]]]),
            condition(people.where { !($0.age == 20 || $0.nick == nil) }, ["nor": [["age": 20], ["nick": nil]]]),
            condition(people.where { !($0.age == 20) }, ["not": ["age": 20]]),
            condition(people.filtered(by: ["age": 20]), ["age": 20]),
        ]
    }

    var related: Filters {
        [
            condition(people.where { $0.tasks.some { $0.points > 5 } }, ["tasks": ["some": ["points": ["gt": 5]]]]),
            condition(people.where { $0.tasks.some() }, ["tasks": ["some": [:]]]),
            condition(
                people.where { $0.tasks.every { $0.points > 5 } }, ["tasks": ["every": ["points": ["gt": 5]]]]),
            condition(people.where { $0.tasks.none { $0.points > 5 } }, ["tasks": ["none": ["points": ["gt": 5]]]]),
            condition(
                people.where { $0.teams.some { $0.title == "team1" } }, ["teams": ["some": ["title": "team1"]]]),
            condition(people.where { $0.labels.none { $0.text == "l1" } }, ["labels": ["none": ["text": "l1"]]]),
            condition(people.where { $0.friends.some { $0.age > 20 } }, ["friends": ["some": ["age": ["gt": 20]]]]),
            condition(people.where { $0.notes.some { $0.id > 1 } }, ["notes": ["some": ["id": ["gt": 1]]]]),
            condition(people.where { $0.phones.some { $0.city == "P2" } }, ["phones": ["some": ["city": "P2"]]]),
            condition(people.where { $0.home.is { $0.city == "C2" } }, ["home": ["is": ["city": "C2"]]]),
            condition(people.where { $0.company.is { $0.name == "c1" } }, ["company": ["is": ["name": "c1"]]]),
            condition(people.where { $0.company.name == "c1" }, ["company": ["is": ["name": "c1"]]]),
            condition(
                people.where { $0.company.name.is { $0.like("c%") } }, ["company": ["is": ["name": ["like": "c%"]]]]
            ),
            condition(
                people.where { $0.company.data.at("size", Int.self) > 1 },
                ["company": ["is": ["data.size": ["gt": 1]]]]),
            condition(
                people.where { $0.company.isNot { $0.name == "c1" } }, ["company": ["isNot": ["name": "c1"]]]),
            condition(people.where { $0.badge.exists() }, ["badge": ["isNot": nil]]),
            condition(people.where { $0.badge.exists(false) }, ["badge": ["is": nil]]),
            condition(
                people.where { $0.company.owner.is { $0.age > 10 } },
                ["company": ["is": ["owner": ["is": ["age": ["gt": 10]]]]]]),
            condition(
                people.where { $0.company.owner.age > 10 },
                ["company": ["is": ["owner": ["is": ["age": ["gt": 10]]]]]]),
            condition(
                people.where { $0.company.owner.isNot { $0.age > 10 } },
                ["company": ["is": ["owner": ["isNot": ["age": ["gt": 10]]]]]]),
            condition(
                people.where { $0.company.owner.exists(false) }, ["company": ["is": ["owner": ["is": nil]]]]),
            condition(
                people.where { $0.company.staff.some { $0.age > 50 } },
                ["company": ["is": ["staff": ["some": ["age": ["gt": 50]]]]]]),
        ]
    }

    var numbers: Filters {
        [
            condition(people.where { $0.tasks.count >= 2 }, ["tasks": ["count": ["gte": 2]]]),
            condition(people.where { $0.tasks.count == 0 }, ["tasks": ["count": 0]]),
            condition(people.where { $0.tasks.count.isIn([1, 3]) }, ["tasks": ["count": ["inq": [1, 3]]]]),
            condition(people.where { $0.tasks.count.between(1, 2) }, ["tasks": ["count": ["between": [1, 2]]]]),
            condition(people.where { !($0.tasks.count > 1) }, ["not": ["tasks": ["count": ["gt": 1]]]]),
            condition(
                people.where { $0.tasks.count(where: { $0.points > 3 }) > 1 },
                ["tasks": ["count": ["gt": 1], "where": ["points": ["gt": 3]]]]),
            condition(people.where { $0.tasks.sum(\.points) > 5 }, ["tasks": ["sum": ["points": ["gt": 5]]]]),
            condition(
                people.where { $0.tasks.sum(\.points) == nil }, ["tasks": ["sum": ["points": ["exists": false]]]]),
            condition(
                people.where { $0.tasks.max(\.points, where: { $0.points < 9 }) != nil },
                ["tasks": ["max": ["points": ["exists": true]], "where": ["points": ["lt": 9]]]]),
            condition(people.where { $0.tasks.average(\.points) <= 4.5 }, ["tasks": ["avg": ["points": ["lte": 4.5]]]]),
            condition(people.where { $0.tasks.min(\.points) != 5 }, ["tasks": ["min": ["points": ["neq": 5]]]]),
            condition(people.where { $0.teams.count < 2 }, ["teams": ["count": ["lt": 2]]]),
            condition(people.where { $0.friends.sum(\.age) >= 30 }, ["friends": ["sum": ["age": ["gte": 30]]]]),
            condition(people.where { $0.phones.count > 0 }, ["phones": ["count": ["gt": 0]]]),
            condition(people.where { $0.phones.max(\.city) >= "P2" }, ["phones": ["max": ["city": ["gte": "P2"]]]]),
            condition(people.where { $0.notes.count != 1 }, ["notes": ["count": ["neq": 1]]]),
            condition(
                people.where { $0.company.staff.count > 1 }, ["company": ["is": ["staff": ["count": ["gt": 1]]]]]),
            condition(
                people.where { $0.tasks.count > 1 && $0.tasks.sum(\.points) > 3 },
                ["and": [["tasks": ["count": ["gt": 1]]], ["tasks": ["sum": ["points": ["gt": 3]]]]]]),
        ]
    }

    var options: Filters {
        [
            (people.order { $0.age.descending }, ["order": "age DESC"]),
            (
                people.order { [$0.nick.ascending.nullsFirst, $0.age.descending.nullsLast] },
                ["order": ["nick NULLS FIRST", "age DESC NULLS LAST"]]
            ),
            (people.order { $0.data.at("theme", String.self).ascending }, ["order": "data.theme"]),
            (people.order { $0.company.name.descending }, ["order": "company.name DESC"]),
            (people.order { $0.company.owner.name.ascending }, ["order": "company.owner.name"]),
            (people.order { $0.company.data.at("size", Int.self).ascending }, ["order": "company.data.size"]),
            (people.order { $0.home.city.ascending }, ["order": "home.city"]),
            (people.order { $0.tasks.count.descending }, ["order": "tasks.count DESC"]),
            (people.order { $0.company.staff.count.descending }, ["order": "company.staff.count DESC"]),
            (people.order { $0.tasks.sum(\.points).ascending }, ["order": "tasks.sum(points)"]),
            (people.order { $0.tasks.average(\.points).ascending }, ["order": "tasks.avg(points)"]),
            (people.order { $0.tasks.min(\.points).ascending }, ["order": "tasks.min(points)"]),
            (people.order { $0.phones.max(\.city).descending }, ["order": "phones.max(city) DESC"]),
            (people.limit(2).skip(1), ["limit": 2, "skip": 1]),
            (people.limit(2).skip(1), ["limit": 2, "offset": 1]),
            (people.limit(5).limit(nil), [:]),
            (people.limit(2).after(["id": 2]), ["limit": 2, "after": ["id": 2]]),
            (people.limit(2).before(["id": 4]), ["limit": 2, "before": ["id": 4]]),
            (people.withDeleted(), ["withDeleted": true]),
            (people.withDeleted(only: true), ["withDeleted": "only"]),
        ]
    }

    var includes: Filters {
        [
            (people.include(\.company).include(\.badge), ["include": ["company", "badge"]]),
            (
                people.include(\.company) { $0.include(\.staff) { $0.limit(1) } },
                [
                    "include": [
                        "relation": "company", "scope": ["include": ["relation": "staff", "scope": ["limit": 1]]],
                    ]
                ]
            ),
            (
                people.include(\.tasks) {
                    $0.where { $0.points > 3 }.order { $0.points.descending }.limit(2).skip(1)
                },
                [
                    "include": [
                        "relation": "tasks",
                        "scope": ["where": ["points": ["gt": 3]], "order": "points DESC", "limit": 2, "skip": 1],
                    ]
                ]
            ),
            (
                people.include(\.tasks) { $0.after(["id": 3]) },
                ["include": ["relation": "tasks", "scope": ["after": ["id": 3]]]]
            ),
            (
                people.include(\.friends) { $0.withDeleted() },
                ["include": ["relation": "friends", "scope": ["withDeleted": true]]]
            ),
            (people.include(\.labels), ["include": "labels"]),
            (people.include(\.plainTeams), ["include": ["relation": "plainTeams"]]),
            (
                people.include(
                    \.plainTeams, through: PlanWorld.Membership.self, link: { $0.where { $0.role == "lead" } }),
                ["include": ["relation": "plainTeams", "through": ["where": ["role": "lead"]]]]
            ),
            (
                people.include(\.teams),
                [
                    "include": [
                        "relation": "teams",
                        "through": ["fields": ["id", "personId", "teamId", "role"], "as": "link"],
                    ]
                ]
            ),
            (
                people.include(\.teams, link: { $0.where { $0.role == "lead" }.order { $0.id.descending } }) {
                    $0.where { $0.title != "team9" }
                },
                [
                    "include": [
                        "relation": "teams", "scope": ["where": ["title": ["neq": "team9"]]],
                        "through": [
                            "fields": ["id", "personId", "teamId", "role"], "as": "link",
                            "where": ["role": "lead"], "order": "id DESC",
                        ],
                    ]
                ]
            ),
            (
                people.include(\.home).include(\.phones) { $0.where { $0.city == "P2" } },
                ["include": ["home", ["relation": "phones", "scope": ["where": ["city": "P2"]]]]]
            ),
            (
                people.include(\.notes) { $0.include(\.about) },
                ["include": ["relation": "notes", "scope": ["include": "about"]]]
            ),
            (
                people.include(\.notes) {
                    $0.include(\.about) {
                        $0.for(Person.self) { $0.include(\.tasks) }.for(PlanWorld.Company.self) {
                            $0.include(\.owner)
                        }
                    }
                },
                [
                    "include": [
                        "relation": "notes",
                        "scope": [
                            "include": [
                                "relation": "about",
                                "scopes": ["Person": ["include": "tasks"], "Company": ["include": "owner"]],
                            ]
                        ],
                    ]
                ]
            ),
            (
                people.include(
                    \.tasks, count: true, sum: [\.points], average: [\.points], min: [\.title], max: [\.points],
                    rows: true),
                [
                    "include": [
                        "relation": "tasks", "count": true, "rows": true,
                        "aggregate": ["sum": "points", "avg": "points", "min": "title", "max": "points"],
                    ]
                ]
            ),
            (
                people.include(["relation": "tasks", "scope": ["limit": 1]]),
                ["include": ["relation": "tasks", "scope": ["limit": 1]]]
            ),
        ]
    }
}
