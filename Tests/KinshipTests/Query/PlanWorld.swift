// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport

/// Models with properties of every kind that conditions tell apart, and relations of all kinds.
enum PlanWorld {
    struct Person: TypedModel {
        var id: Int
        var name: String
        var nick: String?
        var age: Int
        var score: Decimal
        var tax: Decimal?
        var born: PostgresDate?
        var tags: [String]
        var data: JSONValue
        var place: PostgresPoint
        var span: String
        var companyId: Int?
        var deletedAt: Date?
        var company = One<Company>("company")
        var badge = One<Badge>("badge")
        var tasks = Many<Task>("tasks")
        var teams = Linked<Team, Membership>("teams")
        var plainTeams = Many<Team>("plainTeams")
        var labels = Many<Label>("labels")
        var friends = Many<Person>("friends")
        var home = One<Address>("home")
        var phones = Many<Address>("phones")
        var notes = Many<Note>("notes")

        static let definition = TypedDefinition<Person>("Person") {
            $0.id("id", \.id)
            $0.property("name", \.name)
            $0.property("nick", \.nick)
            $0.property("age", \.age)
            $0.property("score", \.score)
            $0.property("tax", \.tax)
            $0.property("born", \.born)
            $0.property("tags", \.tags)
            $0.property("data", \.data)
            $0.property("place", \.place)
            $0.property("span", \.span, dataType: "int4range")
            $0.property("companyId", \.companyId)
            $0.property("deletedAt", \.deletedAt)
            $0.belongsTo("company", \.company, foreignKey: \.companyId)
            $0.hasOne("badge", \.badge, foreignKey: \.personId)
            $0.hasMany("tasks", \.tasks, foreignKey: \.personId)
            $0.hasMany("teams", \.teams, from: \.personId, to: \.teamId)
            $0.hasMany("plainTeams", \.plainTeams, through: Membership.self, from: \.personId, to: \.teamId)
            $0.hasAndBelongsToMany("labels", \.labels)
            $0.referencesMany("friends", \.friends, foreignKey: "friendIds")
            $0.embedsOne("home", \.home, property: "homeRecord")
            $0.embedsMany("phones", \.phones, property: "phoneList")
            $0.toMany("notes", \.notes) {
                var notes = RelationDefinition("notes", .hasMany, model: "Note")
                notes.polymorphic = .selector("about")
                return notes
            }
            $0.also {
                $0.softDelete = "deletedAt"
                $0.properties.append(PropertyDefinition("friendIds", .array(of: .number), dataType: "bigint[]"))
                $0.properties.append(.object("homeRecord"))
                $0.properties.append(.object("phoneList"))
            }
            $0.scope("adult") { $0.where { $0.age >= 18 } }
        }
    }

    struct Company: TypedModel {
        var id: Int
        var name: String
        var data: JSONValue
        var ownerId: Int?
        var owner = One<Person>("owner")
        var staff = Many<Person>("staff")

        static let definition = TypedDefinition<Company>("Company") {
            $0.id("id", \.id)
            $0.property("name", \.name)
            $0.property("data", \.data)
            $0.property("ownerId", \.ownerId)
            $0.belongsTo("owner", \.owner, foreignKey: \.ownerId)
            $0.hasMany("staff", \.staff, foreignKey: \.companyId)
        }
    }

    struct Badge: TypedModel {
        var id: Int
        var personId: Int
        var code: String

        static let definition = TypedDefinition<Badge>("Badge") {
            $0.id("id", \.id)
            $0.property("personId", \.personId)
            $0.property("code", \.code)
        }
    }

    struct Task: TypedModel {
        var id: Int
        var personId: Int
        var title: String
        var points: Int

        static let definition = TypedDefinition<Task>("Task") {
            $0.id("id", \.id)
            $0.property("personId", \.personId)
            $0.property("title", \.title)
            $0.property("points", \.points)
        }
    }

    struct Team: TypedModel {
        var id: Int
        var title: String

        static let definition = TypedDefinition<Team>("Team") {
            $0.id("id", \.id)
            $0.property("title", \.title)
        }
    }

    struct Membership: TypedModel {
        var id: Int
        var personId: Int
        var teamId: Int
        var role: String?

        static let definition = TypedDefinition<Membership>("Membership") {
            $0.id("id", \.id)
            $0.property("personId", \.personId)
            $0.property("teamId", \.teamId)
            $0.property("role", \.role)
        }
    }

    struct Label: TypedModel {
        var id: Int
        var text: String

        static let definition = TypedDefinition<Label>("Label") {
            $0.id("id", \.id)
            $0.property("text", \.text)
        }
    }

    struct Address: TypedModel {
        var id: Int
        var city: String

        static let definition = TypedDefinition<Address>("Address", base: "Model") {
            $0.id("id", \.id)
            $0.property("city", \.city)
        }
    }

    enum About: PolymorphicTarget {
        case person(Person)
        case company(Company)

        static let types = PolymorphicTypes<About> {
            $0.type(Person.self, About.person)
            $0.type(Company.self, About.company)
        }
    }

    struct Note: TypedModel {
        var id: Int
        var text: String
        var aboutId: Int?
        var aboutType: String?
        var about = OneOf<About>("about")

        static let definition = TypedDefinition<Note>("Note") {
            $0.id("id", \.id)
            $0.property("text", \.text)
            $0.property("aboutId", \.aboutId)
            $0.property("aboutType", \.aboutType)
            $0.belongsTo("about", \.about, type: \.aboutType, key: \.aboutId)
        }
    }

    static let opened = _Concurrency.Task {
        let test = try await TestDatabase.named("plan_world")
        _ = try await test.run(
            """
            CREATE TABLE person (id bigint PRIMARY KEY, name text, nick text, age bigint, score numeric, tax numeric, born date,
                tags text[], data jsonb, place point, span int4range, companyid bigint, deletedat timestamptz, friendids bigint[],
                homerecord jsonb, phonelist jsonb);
            CREATE TABLE company (id bigint PRIMARY KEY, name text, data jsonb, ownerid bigint);
            CREATE TABLE badge (id bigint PRIMARY KEY, personid bigint UNIQUE, code text);
            CREATE TABLE task (id bigint PRIMARY KEY, personid bigint, title text, points bigint);
            CREATE TABLE team (id bigint PRIMARY KEY, title text);
            CREATE TABLE membership (id bigint PRIMARY KEY, personid bigint, teamid bigint, role text);
            CREATE TABLE label (id bigint PRIMARY KEY, text text);
            CREATE TABLE labelperson (id bigint PRIMARY KEY, labelid bigint, personid bigint);
            CREATE TABLE note (id bigint PRIMARY KEY, text text, aboutid bigint, abouttype text);
            INSERT INTO company SELECT n, 'c' || n, jsonb_build_object('size', n), n FROM generate_series(1, 2) n;
            INSERT INTO person SELECT n, CASE WHEN n % 2 = 0 THEN 'Ann' ELSE 'Bob' END || n, CASE WHEN n > 2 THEN 'n' || n END, 10 * n,
                n * 10.5, CASE WHEN n < 4 THEN n END, CASE WHEN n > 1 THEN date '2000-01-01' + n END, ARRAY['x', 'y' || n],
                jsonb_build_object('theme', CASE WHEN n > 2 THEN 'dark' ELSE 'light' END, 'sizes', ARRAY[n], 'ok', n > 2),
                point(13 + n, 52), int4range(n, n + 3), 1 + n % 2, CASE WHEN n = 6 THEN now() END, ARRAY[1, n],
                jsonb_build_object('id', 1, 'city', 'C' || n), jsonb_build_array(jsonb_build_object('id', 1, 'city', 'P' || n))
                FROM generate_series(1, 6) n;
            INSERT INTO badge SELECT n, n, 'b' || n FROM generate_series(1, 3) n;
            INSERT INTO task SELECT n, 1 + n % 5, 't' || n, n FROM generate_series(1, 12) n;
            INSERT INTO team SELECT n, 'team' || n FROM generate_series(1, 3) n;
            INSERT INTO membership SELECT n, 1 + n % 5, 1 + n % 3, CASE WHEN n % 2 = 0 THEN 'lead' END FROM generate_series(1, 9) n;
            INSERT INTO label SELECT n, 'l' || n FROM generate_series(1, 3) n;
            INSERT INTO labelperson SELECT n, 1 + n % 3, 1 + n % 5 FROM generate_series(1, 6) n;
            INSERT INTO note SELECT n, 'fat rats ' || n, n, CASE WHEN n % 2 = 0 THEN 'Person' ELSE 'Company' END FROM generate_series(1, 4) n;
            """)
        return try await Database.open(
            schema: try Schema(models: [
                Person.self, Company.self, Badge.self, Task.self, Team.self, Membership.self, Label.self, Address.self,
                Note.self,
            ]), connection: ConnectionConfiguration(url: test.url))
    }
}

extension PlanWorld.Person {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), name: try row("name"), nick: try row("nick"), age: try row("age"),
            score: try row("score"), tax: try row("tax"), born: try row("born"), tags: try row("tags"),
            data: try row("data"), place: try row("place"), span: try row("span"), companyId: try row("companyId"),
            deletedAt: try row("deletedAt"))
    }
}

extension PlanWorld.Company {
    init(row: inout RecordReader) throws {
        self.init(id: try row("id"), name: try row("name"), data: try row("data"), ownerId: try row("ownerId"))
    }
}

extension PlanWorld.Badge {
    init(row: inout RecordReader) throws {
        self.init(id: try row("id"), personId: try row("personId"), code: try row("code"))
    }
}

extension PlanWorld.Task {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), personId: try row("personId"), title: try row("title"), points: try row("points"))
    }
}

extension PlanWorld.Team {
    init(row: inout RecordReader) throws { self.init(id: try row("id"), title: try row("title")) }
}

extension PlanWorld.Membership {
    init(row: inout RecordReader) throws {
        self.init(id: try row("id"), personId: try row("personId"), teamId: try row("teamId"), role: try row("role"))
    }
}

extension PlanWorld.Label {
    init(row: inout RecordReader) throws { self.init(id: try row("id"), text: try row("text")) }
}

extension PlanWorld.Address {
    init(row: inout RecordReader) throws { self.init(id: try row("id"), city: try row("city")) }
}

extension PlanWorld.Note {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), text: try row("text"), aboutId: try row("aboutId"), aboutType: try row("aboutType"))
    }
}
