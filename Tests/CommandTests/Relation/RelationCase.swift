// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

/// A relation: how it is asked for, what is written, and what it means.
struct RelationCase: Sendable, CustomTestStringConvertible {
    var flags: String
    var written: [String: String]
    var meaning: [String]

    var testDescription: String { flags }

    /// Models without relations, each in a file of its own.
    static let models = [
        "customer.json": #"{"name": "Customer", "properties": {"name": "string"}}"#,
        "order.json": #"{"name": "Order", "properties": {"total": "number"}}"#,
        "physician.json": #"{"name": "Physician", "properties": {"name": "string"}}"#,
        "patient.json": #"{"name": "Patient", "properties": {"name": "string"}}"#,
        "appointment.json": """
        {"name": "Appointment", "properties": {"at": "date"}, "relations": {
          "physician": {"type": "belongsTo", "model": "Physician", "foreignKey": "doctorId"},
          "patient": {"type": "belongsTo", "model": "Patient"}}}
        """,
        "note.json": #"{"name": "Note", "properties": {"text": "string"}}"#,
        "picture.json": #"{"name": "Picture", "properties": {"url": "string"}}"#,
        "link.json": #"{"name": "PictureLink", "properties": {"pictureId": "number"}}"#,
        "address.json": """
        {"name": "Address", "base": "Model", "properties": {"id": {"type": "string", "id": true}, "city": "string"}}
        """,
        "line.json": """
        {"name": "Line", "properties": {"orderId": {"type": "number", "id": 1}, "position": {"type": "number", "id": 2}}}
        """,
    ]

    /// One of each kind.
    static let all = [
        RelationCase(
            flags: "--from Order --type belongsTo --to Customer --inverse orders",
            written: [
                "Order.customer": #"{"type":"belongsTo","model":"Customer","foreignKey":"customerId"}"#,
                "Customer.orders": #"{"type":"hasMany","model":"Order","foreignKey":"customerId"}"#,
            ],
            meaning: [
                "Order.customer: belongsTo Customer customerId = id", "Customer.orders: hasMany Order id = customerId",
            ]),
        RelationCase(
            flags: "--from Order --type belongsTo --to Customer --name payer --inverse bill --inverse-type hasOne",
            written: [
                "Order.payer": #"{"type":"belongsTo","model":"Customer","foreignKey":"payerId"}"#,
                "Customer.bill": #"{"type":"hasOne","model":"Order","foreignKey":"payerId"}"#,
            ],
            meaning: ["Order.payer: belongsTo Customer payerId = id", "Customer.bill: hasOne Order id = payerId"]),
        RelationCase(
            flags: "--from Customer --type hasMany --to Order --inverse customer",
            written: [
                "Customer.orders": #"{"type":"hasMany","model":"Order","foreignKey":"customerId"}"#,
                "Order.customer": #"{"type":"belongsTo","model":"Customer","foreignKey":"customerId"}"#,
            ],
            meaning: [
                "Customer.orders: hasMany Order id = customerId", "Order.customer: belongsTo Customer customerId = id",
            ]),
        RelationCase(
            flags:
                "--from Customer --type hasOne --to Order --name last --foreign-key buyer --nest-remoting --disable-include",
            written: [
                "Customer.last":
                    #"{"type":"hasOne","model":"Order","foreignKey":"buyer","options":{"nestRemoting":true,"disableInclude":true}}"#
            ],
            meaning: ["Customer.last: hasOne Order id = buyer nested excluded"]),
        RelationCase(
            flags: "--from Physician --type hasManyThrough --to Patient --through Appointment --inverse physicians",
            written: [
                "Physician.patients":
                    #"{"type":"hasMany","model":"Patient","through":"Appointment","foreignKey":"doctorId","keyThrough":"patientId"}"#,
                "Patient.physicians":
                    #"{"type":"hasMany","model":"Physician","through":"Appointment","foreignKey":"patientId","keyThrough":"doctorId"}"#,
            ],
            meaning: [
                "Physician.patients: hasManyThrough Patient id = id through Appointment doctorId, patientId",
                "Patient.physicians: hasManyThrough Physician id = id through Appointment patientId, doctorId",
            ]),
        RelationCase(
            flags:
                "--from Customer --type hasManyThrough --to Customer --name friends --through Note --foreign-key oneId --key-through otherId",
            written: [
                "Customer.friends":
                    #"{"type":"hasMany","model":"Customer","through":"Note","foreignKey":"oneId","keyThrough":"otherId"}"#
            ],
            meaning: ["Customer.friends: hasManyThrough Customer id = id through Note oneId, otherId"]),
        RelationCase(
            flags: "--from Patient --type hasAndBelongsToMany --to Note --inverse patients",
            written: [
                "Patient.notes": #"{"type":"hasAndBelongsToMany","model":"Note"}"#,
                "Note.patients": #"{"type":"hasAndBelongsToMany","model":"Patient"}"#,
            ],
            meaning: [
                "Patient.notes: hasAndBelongsToMany Note id = id through PatientNote patientId, noteId",
                "Note.patients: hasAndBelongsToMany Patient id = id through PatientNote noteId, patientId",
            ]),
        RelationCase(
            flags: "--from Note --type belongsTo --polymorphic noteable",
            written: ["Note.noteable": #"{"type":"belongsTo","polymorphic":true}"#],
            meaning: ["Note.noteable: belongsTo * noteableId =  by noteableType"]),
        RelationCase(
            flags: "--from Customer --type hasMany --to Note --polymorphic noteable --inverse noteable",
            written: [
                "Customer.notes": #"{"type":"hasMany","model":"Note","polymorphic":"noteable"}"#,
                "Note.noteable": #"{"type":"belongsTo","polymorphic":true}"#,
            ],
            meaning: [
                "Customer.notes: hasMany Note id = noteableId by noteableType",
                "Note.noteable: belongsTo * noteableId =  by noteableType",
            ]),
        RelationCase(
            flags: "--from Customer --type hasOne --to Picture --name face --polymorphic subject --inverse subject",
            written: [
                "Customer.face": #"{"type":"hasOne","model":"Picture","polymorphic":"subject"}"#,
                "Picture.subject": #"{"type":"belongsTo","polymorphic":true}"#,
            ],
            meaning: [
                "Customer.face: hasOne Picture id = subjectId by subjectType",
                "Picture.subject: belongsTo * subjectId =  by subjectType",
            ]),
        RelationCase(
            flags:
                "--from Customer --type hasManyThrough --to Picture --through PictureLink --polymorphic owner --inverse customers",
            written: [
                "Customer.pictures":
                    #"{"type":"hasMany","model":"Picture","through":"PictureLink","polymorphic":"owner","keyThrough":"pictureId"}"#,
                "Picture.customers":
                    #"{"type":"hasMany","model":"Customer","through":"PictureLink","polymorphic":"owner","invert":true,"foreignKey":"pictureId"}"#,
            ],
            meaning: [
                "Customer.pictures: hasManyThrough Picture id = id through PictureLink ownerId, pictureId by ownerType",
                "Picture.customers: hasManyThrough Customer id = id through PictureLink pictureId, ownerId by ownerType",
            ]),
        RelationCase(
            flags:
                "--from Picture --type hasManyThrough --to Customer --through PictureLink --polymorphic owner --invert --inverse pictures",
            written: [
                "Picture.customers":
                    #"{"type":"hasMany","model":"Customer","through":"PictureLink","polymorphic":"owner","invert":true,"foreignKey":"pictureId"}"#,
                "Customer.pictures":
                    #"{"type":"hasMany","model":"Picture","through":"PictureLink","polymorphic":"owner","keyThrough":"pictureId"}"#,
            ],
            meaning: [
                "Picture.customers: hasManyThrough Customer id = id through PictureLink pictureId, ownerId by ownerType",
                "Customer.pictures: hasManyThrough Picture id = id through PictureLink ownerId, pictureId by ownerType",
            ]),
        RelationCase(
            flags: "--from Customer --type referencesMany --to Order --name favourites",
            written: ["Customer.favourites": #"{"type":"referencesMany","model":"Order","foreignKey":"orderIds"}"#],
            meaning: ["Customer.favourites: referencesMany Order orderIds = id"]),
        RelationCase(
            flags: "--from Customer --type embedsOne --to Address",
            written: ["Customer.address": #"{"type":"embedsOne","model":"Address"}"#],
            meaning: ["Customer.address: embedsOne Address  =  in _address"]),
        RelationCase(
            flags: "--from Customer --type embedsMany --to Address --name homes --property homeList",
            written: ["Customer.homes": #"{"type":"embedsMany","model":"Address","property":"homeList"}"#],
            meaning: ["Customer.homes: embedsMany Address  =  in homeList"]),
        RelationCase(
            flags: "--from Order --type hasMany --to Line --inverse order",
            written: [
                "Order.lines": #"{"type":"hasMany","model":"Line","foreignKey":"orderId"}"#,
                "Line.order": #"{"type":"belongsTo","model":"Order","foreignKey":"orderId"}"#,
            ],
            meaning: ["Order.lines: hasMany Line id = orderId", "Line.order: belongsTo Order orderId = id"]),
        RelationCase(
            flags: "--from Note --type belongsTo --to Line --inverse notes",
            written: [
                "Note.line": #"{"type":"belongsTo","model":"Line","foreignKey":["lineOrderId","linePosition"]}"#,
                "Line.notes": #"{"type":"hasMany","model":"Note","foreignKey":["lineOrderId","linePosition"]}"#,
            ],
            meaning: [
                "Note.line: belongsTo Line lineOrderId,linePosition = orderId,position",
                "Line.notes: hasMany Note orderId,position = lineOrderId,linePosition",
            ]),
        RelationCase(
            flags:
                "--from Customer --type hasMany --to Customer --name children --foreign-key parentId --inverse parent",
            written: [
                "Customer.children": #"{"type":"hasMany","model":"Customer","foreignKey":"parentId"}"#,
                "Customer.parent": #"{"type":"belongsTo","model":"Customer","foreignKey":"parentId"}"#,
            ],
            meaning: [
                "Customer.children: hasMany Customer id = parentId",
                "Customer.parent: belongsTo Customer parentId = id",
            ]),
    ]
}
