// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The files of the page, by their names.
enum ExplorerPage {
    static let files: [String: (bytes: [UInt8], type: String)] = [
        "index.html": (Array("<!doctype html><title>Kinship</title>".utf8), "text/html; charset=utf-8")
    ]
}
