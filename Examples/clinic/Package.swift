// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import PackageDescription

let package = Package(
    name: "clinic",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "kinship", path: "../..", traits: [])],
    targets: [
        .executableTarget(
            name: "clinic",
            dependencies: [
                .product(name: "Kinship", package: "kinship"), .product(name: "EmbeddedPostgres", package: "kinship"),
            ],
            exclude: ["Models"],
            // The structs are made of Models/*.json whenever one of them has changed.
            plugins: [.plugin(name: "GenerateModels", package: "kinship")])
    ],
    swiftLanguageModes: [.v6]
)
