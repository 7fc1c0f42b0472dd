// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "weonomy", path: "..")],
    targets: [
        .executableTarget(
            name: "fuzz",
            dependencies: [
                .product(name: "Weonomy", package: "weonomy"),
                .product(name: "WeonomyLayers", package: "weonomy"),
            ],
            // What a peer can reach is not all public; dev/fuzz adds the sanitizers to every module.
            swiftSettings: [
                .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
                .unsafeFlags(["-package-name", "weonomy"]),
            ])
    ]
)
