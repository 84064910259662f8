// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import PackageDescription

/// Upcoming language features every target is built with.
let settings: [SwiftSetting] = [
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Whether this package is worked on, or used from a folder, rather than fetched by one that depends on it: there its path is that of
/// a checkout, or the root while versions are chosen.
let isFetched =
    ["/checkouts/", "/registry/downloads/"].contains { Context.packageDirectory.contains($0) }
    || Context.packageDirectory == "/"

let package = Package(
    name: "kinship",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Kinship", targets: ["Kinship"]),
        .library(name: "KinshipSchema", targets: ["KinshipSchema"]),
        .library(name: "KinshipSwiftGenerator", targets: ["KinshipSwiftGenerator"]),
        .library(name: "KinshipMigration", targets: ["KinshipMigration"]),
        .library(name: "KinshipMigrator", targets: ["KinshipMigrator"]),
        .library(name: "RelationPlanner", targets: ["RelationPlanner"]),
        .library(name: "Libpq", targets: ["Libpq"]),
        .library(name: "EmbeddedPostgres", targets: ["EmbeddedPostgres"]),
        .library(name: "KinshipLifecycle", targets: ["KinshipLifecycle"]),
        .library(name: "KinshipREST", targets: ["KinshipREST"]),
        .library(name: "KinshipGzip", targets: ["KinshipGzip"]),
        .library(name: "KinshipBcrypt", targets: ["KinshipBcrypt"]),
        .library(name: "KinshipJWT", targets: ["KinshipJWT"]),
        .library(name: "KinshipHummingbird", targets: ["KinshipHummingbird"]),
        .library(name: "KinshipTesting", targets: ["KinshipTesting"]),
        .plugin(name: "GenerateModels", targets: ["GenerateModels"]),
        .plugin(name: "GenerateModelsCommand", targets: ["GenerateModelsCommand"]),
        .executable(name: "kinship", targets: ["KinshipCommand"]),
        .executable(name: "kinship-bench", targets: ["KinshipBenchmark"]),
    ],
    traits: [
        .trait(
            name: "Hummingbird",
            description:
                "A server for KinshipREST, and `kinship serve`: Hummingbird 2 and SwiftNIO are fetched and built."),
        // Who depends on this package doesn't pay for a server that isn't asked for.
        .default(enabledTraits: isFetched ? [] : ["Hummingbird"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.20.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    ],
    targets: [
        // Storey 1: what everything stands on.
        .systemLibrary(
            name: "CLibpq", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(name: "MessageText"),
        .target(name: "Digests"),
        .target(name: "CivilDates"),
        .target(name: "KinshipSchema", dependencies: ["MessageText", "CivilDates"]),

        .target(name: "KinshipSwiftGenerator", dependencies: ["KinshipSchema", "Digests"]),

        // Storey 2: what tables should be and how they get there, what is asked, how bytes reach a server, and where a server comes from.
        .target(name: "KinshipMigration", dependencies: ["KinshipSchema", "Digests"]),
        .target(name: "RelationPlanner", dependencies: ["KinshipSchema", "MessageText", "Digests", "CivilDates"]),
        .target(
            name: "Libpq",
            dependencies: [
                "CLibpq", "MessageText", "Digests", "CivilDates",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]),
        .target(name: "EmbeddedPostgres"),

        // Storey 3: the library people import.
        .target(
            name: "Kinship",
            dependencies: [
                "RelationPlanner", "Libpq", "MessageText", "CivilDates",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]),
        .target(
            name: "KinshipLifecycle",
            dependencies: ["Kinship", "Libpq", .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")]),

        .target(
            name: "KinshipREST",
            dependencies: [
                "Kinship", "Libpq", "RelationPlanner", "MessageText", "Digests",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            resources: [.embedInCode("Explorer")]),

        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "KinshipGzip", dependencies: ["KinshipREST", "CZlib"]),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .target(
            name: "KinshipBcrypt",
            dependencies: ["KinshipREST", .target(name: "CCrypt", condition: .when(platforms: [.linux]))]),
        // libpq stands on it, so that it is there: nothing is fetched or built for signatures.
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(
            name: "KinshipJWT",
            dependencies: [
                "KinshipREST", "KinshipSchema", "COpenSSL", .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "KinshipHummingbird",
            dependencies: [
                "KinshipREST",
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Hummingbird"])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        .target(
            name: "KinshipMigrator",
            dependencies: [
                "KinshipMigration", "Libpq", "Digests", .product(name: "Logging", package: "swift-log"),
            ]),

        // What programs test themselves with.
        .target(
            name: "KinshipTesting",
            dependencies: [
                "CLibpq", "Kinship", "KinshipMigrator", "Libpq", "EmbeddedPostgres",
                .product(name: "Logging", package: "swift-log"),
            ]),

        // Storey 5: the commands.
        .executableTarget(
            name: "KinshipCommand",
            dependencies: [
                "Kinship", "KinshipREST", "KinshipGzip", "KinshipBcrypt", "KinshipHummingbird", "KinshipJWT",
                "KinshipLifecycle", "KinshipSwiftGenerator", "KinshipMigrator", "EmbeddedPostgres", "MessageText",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        // What the plugins run: without a server, or a library of PostgreSQL's.
        .executableTarget(name: "KinshipGenerator", dependencies: ["KinshipSwiftGenerator", "KinshipSchema"]),
        .plugin(name: "GenerateModels", capability: .buildTool(), dependencies: ["KinshipGenerator"]),
        .plugin(
            name: "GenerateModelsCommand",
            capability: .command(
                intent: .custom(
                    verb: "generate-models", description: "Makes typed models in Swift of a target's Models/*.json."),
                permissions: [
                    .writeToPackageDirectory(reason: "The models that are generated are kept beside your sources.")
                ]), dependencies: ["KinshipGenerator"]),
        .target(name: "BenchmarkFloor", dependencies: ["CLibpq"]),
        .executableTarget(
            name: "KinshipBenchmark",
            dependencies: [
                "Kinship", "KinshipREST", "KinshipHummingbird", "RelationPlanner", "Libpq", "EmbeddedPostgres",
                "BenchmarkFloor",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: [
                "CLibpq", "EmbeddedPostgres", "Libpq", .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/TestSupport"),
        .testTarget(name: "KinshipSchemaTests", dependencies: ["KinshipSchema"]),
        .testTarget(
            name: "KinshipMigrationTests",
            dependencies: [
                "KinshipMigration", "KinshipMigrator", "KinshipSchema", "Libpq", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]),
        // What is generated, checked in: that it compiles is what most of the tests say.
        .target(name: "GeneratedConformance", dependencies: ["Kinship"], path: "Tests/Generated/Conformance"),
        .target(name: "GeneratedShop", dependencies: ["Kinship"], path: "Tests/Generated/Shop"),
        .target(name: "GeneratedOdd", dependencies: ["Kinship"], path: "Tests/Generated/Odd"),
        .testTarget(
            name: "KinshipSwiftGeneratorTests",
            dependencies: [
                "KinshipSwiftGenerator", "KinshipSchema", "RelationPlanner", "Kinship", "TestSupport",
                "GeneratedConformance", "GeneratedShop", "GeneratedOdd",
            ]),
        .testTarget(
            name: "RelationPlannerTests",
            dependencies: ["RelationPlanner", "KinshipSchema", "MessageText", "Digests", "CivilDates", "TestSupport"]),
        .testTarget(
            name: "LibpqTests",
            dependencies: [
                "Libpq", "KinshipLifecycle", "TestSupport", "Digests", "LimitedReader",
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(name: "EmbeddedOwner", dependencies: ["EmbeddedPostgres"], path: "Tests/EmbeddedOwner"),
        .testTarget(
            name: "EmbeddedPostgresTests", dependencies: ["EmbeddedPostgres", "TestSupport", "EmbeddedOwner"]),
        .executableTarget(
            name: "LimitedReader",
            dependencies: [
                "Kinship", "Libpq", "RelationPlanner", "BenchmarkFloor",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/LimitedReader"),
        .testTarget(
            name: "KinshipTests",
            dependencies: [
                "Kinship", "KinshipLifecycle", "KinshipTesting", "TestSupport", "LimitedReader",
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "KinshipTestingTests",
            dependencies: ["KinshipTesting", .product(name: "Logging", package: "swift-log")]),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "Kinship", "KinshipBcrypt", "KinshipHummingbird", "KinshipREST", "Libpq", "RelationPlanner",
                "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "KinshipRESTTests",
            dependencies: [
                "KinshipREST", "KinshipBcrypt", "KinshipGzip", "KinshipJWT", "COpenSSL", "Kinship", "RelationPlanner",
                "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]),
        .testTarget(
            name: "KinshipHummingbirdTests",
            dependencies: [
                "KinshipHummingbird", "KinshipREST", "KinshipLifecycle", "Kinship", "RelationPlanner", "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "DifferentialTests",
            dependencies: [
                "Kinship", "RelationPlanner", "Libpq", "TestSupport", .product(name: "Logging", package: "swift-log"),
            ]),
        // What must hold whatever bytes come from outside: for tests, and for `make fuzz`.
        .target(
            name: "FuzzTargets", dependencies: ["Kinship", "RelationPlanner", "Libpq", "MessageText", "TestSupport"],
            path: "Tests/FuzzTargets"),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"]),
        .testTarget(
            name: "ChaosTests",
            dependencies: [
                "Kinship", "Libpq", "EmbeddedPostgres", "TestSupport", .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Kinship", "KinshipCommand", "KinshipJWT", "CLibpq", "EmbeddedPostgres", "MessageText", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// Built by Scripts/fuzz alone, with other flags than the rest.
if Context.environment["KINSHIP_FUZZER"] != nil {
    package.targets.append(
        .executableTarget(name: "Fuzzer", dependencies: ["FuzzTargets", "TestSupport"], path: "Tests/Fuzzer"))
}

// Of a build under a sanitizer, which takes its time, only what is tested with it: the test targets named here and what they need.
if let names = Context.environment["KINSHIP_TEST_TARGETS"]?.split(separator: ",").map(String.init) {
    var kept = Set(names)
    var found = 0
    while found < kept.count {
        found = kept.count
        for target in package.targets where kept.contains(target.name) {
            for dependency in target.dependencies {
                if case .byNameItem(let name, _) = dependency { kept.insert(name) }
                if case .targetItem(let name, _) = dependency { kept.insert(name) }
            }
        }
    }
    package.products = []
    package.targets.removeAll { !kept.contains($0.name) }
}

for target in package.targets where ![.system, .plugin].contains(target.type) && target.name != "BenchmarkFloor" {
    target.swiftSettings = (target.swiftSettings ?? []) + settings
}
