// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a column of a type keeps, roughly.
enum ColumnKind: String {
    case text, number, date, boolean, document, uuid, bytes, point, list

    init(_ type: String) {
        let type = type.lowercased()
        if type.hasSuffix("[]") {
            self = .list
        } else if type.hasPrefix("json") {
            self = .document
        } else if type.hasPrefix("bool") {
            self = .boolean
        } else if type.hasPrefix("time") || type.hasPrefix("date") {
            self = .date
        } else if type.hasPrefix("text") || type.hasPrefix("char") || type.hasPrefix("varchar") {
            self = .text
        } else if type == "uuid" {
            self = .uuid
        } else if type == "bytea" {
            self = .bytes
        } else if type == "point" {
            self = .point
        } else {
            self = .number
        }
    }
}
