// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import PackageDescription

let package = Package(
    name: "other-server",
    platforms: [.macOS(.v15)],
    dependencies: [
        // Without the trait Hummingbird: this is about another server.
        .package(name: "kinship", path: "../..", traits: []),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.26.0"),
    ],
    targets: [
        .executableTarget(
            name: "other-server",
            dependencies: [
                .product(name: "Kinship", package: "kinship"), .product(name: "KinshipREST", package: "kinship"),
                .product(name: "FlyingFox", package: "FlyingFox"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
