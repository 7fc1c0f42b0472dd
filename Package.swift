// swift-tools-version: 6.2
import PackageDescription

/// What every target is built with; each line names its Swift Evolution proposal.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    .enableUpcomingFeature("InferIsolatedConformances"),  // SE-0470
    .treatAllWarnings(as: .error),  // SE-0443
]

/// A library of the toolkit: strict memory safety (SE-0458) makes every C call say `unsafe`.
func library(
    _ name: String, _ dependencies: Target.Dependency..., resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: resources,
        swiftSettings: strict + [.strictMemorySafety()])
}

func tests(
    _ name: String, _ dependencies: Target.Dependency..., resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func example(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["Weonomy", "WeData"], path: "Examples/\(name)",
        swiftSettings: strict)
}

let package = Package(
    name: "weonomy",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Weonomy", targets: ["Weonomy"]),
        .library(name: "WeonomyWire", targets: ["WeData", "WeKeys", "WeLog", "WeSync"]),
        .library(
            name: "WeonomyLayers",
            targets: [
                "WeData", "WeKeys", "WeLog", "WeSync", "WeReplica", "WeTransport", "WeWeb",
            ]),
        .executable(name: "weonomy", targets: ["WeCLI"]),
    ],
    targets: [
        .systemLibrary(
            name: "WeSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .systemLibrary(
            name: "WeSodium", pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
        library("WeData"),
        library("WeKeys", "WeData", "WeSodium"),
        library("WeLog", "WeData", "WeKeys"),
        library("WeSync", "WeData", "WeKeys", "WeLog"),
        library("WeReplica", "WeData", "WeLog", "WeSQLite"),
        library("WeTransport", "WeSync", "WeLog", "WeKeys", "WeData"),
        library(
            "Weonomy", "WeData", "WeKeys", "WeLog", "WeSync", "WeReplica", "WeTransport",
            resources: [.embedInCode("Demo/notes.txt"), .embedInCode("Demo/team.json")]),
        library(
            "WeWeb", "Weonomy", "WeTransport",
            resources: [
                .embedInCode("Assets/style.css"), .embedInCode("Assets/app.js"),
                .embedInCode("Assets/favicon.svg"),
            ]),
        library("WeSimulator", "WeData", "WeKeys", "WeLog", "WeSync", "WeReplica", "WeSQLite"),
        .executableTarget(
            name: "simulate", dependencies: ["WeKeys", "WeSimulator"], swiftSettings: strict),
        .executableTarget(
            name: "SimulateDisk", dependencies: ["WeSimulator"], swiftSettings: strict),
        .executableTarget(
            name: "WeCLI", dependencies: ["Weonomy", "WeWeb"], exclude: ["Schemas"],
            swiftSettings: strict),
        example("FirstSteps"),
        example("PackingList"),
        example("TwoNodes"),
        tests("WeDataTests", "WeData"),
        tests(
            "WeCLITests", "FirstSteps", "PackingList", "TwoNodes", "WeCLI", "Weonomy", "WeTransport"
        ),
        tests("WallTests"),
        tests("ProtocolTests", "WeReplica", "WeSync", "WeLog", "WeKeys", "WeData"),
        tests("WeReplicaTests", "WeReplica", "WeData", "WeKeys", "WeLog", "WeSimulator"),
        tests("WeKeysTests", "WeKeys", "WeData"),
        tests("WeLogTests", "WeLog", "WeKeys", "WeData"),
        tests("WeSyncTests", "WeSync", "WeLog", "WeKeys", "WeData"),
        tests("WeTransportTests", "WeTransport", "WeSync", "WeLog", "WeKeys", "WeData"),
        tests(
            "WeSimulatorTests", "WeSimulator", "WeSync", "WeReplica", "WeLog", "WeKeys", "WeData",
            resources: [.copy("regressions")]),
        tests(
            "WeWebTests", "WeWeb", "Weonomy", "WeTransport", "WeReplica", "WeLog", "WeKeys",
            "WeData"),
        tests("WeonomyTests", "Weonomy", "WeReplica", "WeSync", "WeData", "WeKeys", "WeLog"),
    ]
)
