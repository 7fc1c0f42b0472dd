// swift-tools-version: 6.2
import PackageDescription

/// What SwiftPM calls the toolkit's package in its modules: the name of its folder.
///
/// What a peer can reach is not all public, so the targets are compiled as a part of that package.
let toolkit = String(
    (Context.packageDirectory.split(separator: "/").dropLast().last ?? "weonomy").lowercased()
        .map { $0.isLetter || $0.isNumber ? $0 : "_" })

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
            packageAccess: false,
            swiftSettings: [
                .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
                .unsafeFlags(["-package-name", toolkit]),
            ])
    ]
)
