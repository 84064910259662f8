// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Logging
import TestSupport
import Testing

/// Links whose key refers to another column than the target's key: the link's own belongsTo says which.
@Suite struct LinkReferenceTests {
    private static let models = [
        """
        {"name": "Course", "properties": {"id": {"type": "number", "id": true}},
         "relations": {"students": {"type": "hasMany", "model": "Student", "through": "Enrolment", "foreignKey": "courseId",
            "keyThrough": "studentNumber"}}}
        """,
        """
        {"name": "Student", "properties": {"id": {"type": "number", "id": true}, "number": {"type": "number"}},
         "relations": {"courses": {"type": "hasMany", "model": "Course", "through": "Enrolment", "foreignKey": "studentNumber",
            "keyThrough": "courseId"}}}
        """,
        """
        {"name": "Enrolment", "properties": {"id": {"type": "number", "id": true, "generated": true}},
         "relations": {"course": {"type": "belongsTo", "model": "Course", "foreignKey": "courseId"},
            "student": {"type": "belongsTo", "model": "Student", "foreignKey": "studentNumber", "primaryKey": "number"}}}
        """,
    ]

    @Test func bothSidesFollowTheColumnThatTheLinkNames() async throws {
        let test = try await TestDatabase.named("link_reference")
        try await test.run(
            """
            DROP TABLE IF EXISTS enrolment, student, course;
            CREATE TABLE course (id integer PRIMARY KEY);
            CREATE TABLE student (id integer PRIMARY KEY, number integer NOT NULL UNIQUE);
            CREATE TABLE enrolment (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, courseid integer, studentnumber integer);
            INSERT INTO course VALUES (1), (2);
            INSERT INTO student VALUES (1, 20), (2, 10), (3, 1);
            INSERT INTO enrolment (courseid, studentnumber) VALUES (1, 10), (2, 20)
            """)
        let schema = try Schema(definitions: Self.models.map { try ModelDefinition(json: Array($0.utf8)) })
        let logger = Logger(label: "links") { _ in SwiftLogNoOpLogHandler() }
        for strategy in [Strategy.byLevel, .oneTrip] {
            try await Database.withDatabase(
                schema: schema, connection: try ConnectionConfiguration(url: test.url),
                trees: TreeOptions(strategy: strategy), logger: logger
            ) { database in
                let courses = try await database.find("Course", filter: #"{"include": "students", "order": "id"}"#)
                let both = String(decoding: try courses.json(), as: UTF8.self)
                #expect(
                    both == #"[{"id":1,"students":[{"id":2,"number":10}]},{"id":2,"students":[{"id":1,"number":20}]}]"#)
                let students = try await database.find(
                    "Student", filter: #"{"where": {"courses": {"some": {"id": 2}}}, "include": "courses"}"#)
                let one = String(decoding: try students.json(), as: UTF8.self)
                #expect(one == #"[{"id":1,"number":20,"courses":[{"id":2}]}]"#)
            }
        }
    }
}
