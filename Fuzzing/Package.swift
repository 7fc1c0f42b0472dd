// swift-tools-version: 6.2
import PackageDescription

/// What SwiftPM calls the toolkit's package in its modules: the name of its folder.
///
/// What a peer can reach is not all public, so the targets are compiled as a part of that package.
let toolkit = String(
    (Context.packageDirectory.split(separator: "/").dropLast().last ?? "weonomy").lowercased()
        .map { $0.isLetter || $0.isNumber ? $0 : "_" })

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
    .unsafeFlags(["-package-name", toolkit]),
]

/// A binary of its own for each part: libFuzzer looks at every counter after every input, so what a
/// target can't reach is best left out.
func fuzzer(_ name: String, _ products: String...) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["FuzzDriver"] + products.map { .product(name: $0, package: "weonomy") },
        packageAccess: false, swiftSettings: settings)
}

let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "weonomy", path: "..")],
    targets: [
        .target(name: "FuzzDriver", packageAccess: false, swiftSettings: settings),
        fuzzer("fuzz-wire", "WeonomyWire"),
        fuzzer("fuzz-toolkit", "Weonomy", "WeonomyLayers"),
    ]
)
