// swift-tools-version:6.2
import PackageDescription

/// The fuzzers. Apart from the main package, since all of it is built with other flags: scripts/fuzz has them.
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "attendance-sync", path: "../..")],
    targets: [
        // libFuzzer's entry point, as C declares it.
        .target(name: "CLibFuzzer", path: "CLibFuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: ["CLibFuzzer", .product(name: "Parsers", package: "attendance-sync")],
            path: ".",
            exclude: ["CLibFuzzer", "Corpora", "Dictionaries", "Targets/Replay"],
            sources: ["Runner", "Targets"],
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                .enableUpcomingFeature("ExistentialAny"),
            ],
            // Debian's gold fails on what AddressSanitizer adds.
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
    ]
)
