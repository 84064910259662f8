// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import PackageDescription

let package = Package(
    name: "shop",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "kinship", path: "../..", traits: [])],
    targets: [
        .executableTarget(
            name: "shop",
            dependencies: [
                .product(name: "Kinship", package: "kinship"), .product(name: "EmbeddedPostgres", package: "kinship"),
            ]),
        .testTarget(name: "ShopTests", dependencies: ["shop", .product(name: "KinshipTesting", package: "kinship")]),
    ],
    swiftLanguageModes: [.v6]
)
