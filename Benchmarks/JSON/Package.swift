// swift-tools-version:6.2
import PackageDescription

/// How long reading a page of attendance takes: Benchmarks/run json. Apart from the main package, as nobody else needs it.
let package = Package(
    name: "json-reading",
    dependencies: [.package(name: "attendance-sync", path: "../..")],
    targets: [
        .executableTarget(
            name: "json-reading", dependencies: [.product(name: "Parsers", package: "attendance-sync")],
            path: "Sources", swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
