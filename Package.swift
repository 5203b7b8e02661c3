// swift-tools-version:6.2
import PackageDescription

/// `async` functions that belong to no actor run where their caller runs, so the engine's actor can
/// lend its executor to plain types without handing them to another thread.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("ExistentialAny"),
    ] + (Context.environment["ATTENDANCE_SYNC_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

let package = Package(
    name: "attendance-sync",
    products: [
        .executable(name: "attendance-sync", targets: ["attendance-sync"]),
        .executable(name: "attendance-sandbox", targets: ["attendance-sandbox"]),
        .library(name: "Sandbox", targets: ["Sandbox"]),
        // What reads bytes from outside, for the fuzzers.
        .library(
            name: "Parsers",
            targets: [
                "Answers", "AttendanceCore", "CleverAPI", "Configuration", "SchoologyAPI", "SyncEngine", "SyncState",
                "Transport",
                "Triggers",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        // The one door to libcurl: `curl_easy_setopt` is variadic, which Swift can't call.
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),

        // Decisions: pure functions over values. Imports no I/O.
        .target(name: "AttendanceCore", swiftSettings: settings),

        // The world: HTTP and SFTP, each side's API, the state.
        .target(
            name: "Transport",
            dependencies: ["CCurl", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings),
        // What reading both sides' JSON has in common: leniency, links, messages.
        .target(name: "Answers", dependencies: ["AttendanceCore"], swiftSettings: settings),
        .target(
            name: "CleverAPI", dependencies: ["Answers", "AttendanceCore", "Transport"], swiftSettings: settings),
        .target(
            name: "SchoologyAPI", dependencies: ["Answers", "AttendanceCore", "Transport"], swiftSettings: settings),
        .target(
            name: "SyncState",
            dependencies: [
                "AttendanceCore", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .target(
            name: "Configuration",
            dependencies: ["AttendanceCore", .product(name: "TOMLKit", package: "TOMLKit")],
            swiftSettings: settings),

        // Schoology's triggers: what they say, and the loopback listener that hears them.
        .target(name: "Triggers", dependencies: ["Answers", "AttendanceCore"], swiftSettings: settings),

        // A page for people who would rather look than read: HTML and SVG from plain counts.
        .target(name: "Report", dependencies: ["AttendanceCore"], swiftSettings: settings),

        // What a service owes its host: the log, systemd, exit codes.
        .target(name: "Operations", dependencies: ["AttendanceCore"], swiftSettings: settings),

        // The cycle: poll, read, merge, write, record.
        .target(
            name: "SyncEngine",
            dependencies: ["AttendanceCore", "Transport", "CleverAPI", "SchoologyAPI", "SyncState"],
            swiftSettings: settings),

        // The command line and the daemon.
        .executableTarget(
            name: "attendance-sync",
            dependencies: [
                "AttendanceCore", "CleverAPI", "Configuration", "Operations", "Report", "SchoologyAPI", "SyncEngine",
                "SyncState", "Transport", "Triggers",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),

        // A local Clever and Schoology that obey the real rules and can misbehave.
        .target(
            name: "Sandbox",
            dependencies: [
                .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "attendance-sandbox",
            dependencies: ["Sandbox", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings),

        // The engine and its real SQLite state in a world that lives in memory, fails on demand and replays exactly.
        .target(name: "CSimulatedDisk", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "Simulation",
            dependencies: [
                "AttendanceCore", "CSimulatedDisk", "Sandbox", "SyncEngine", "SyncState", "Transport",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "attendance-simulate",
            dependencies: [
                "AttendanceCore", "Simulation", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        // What more than one suite serves itself with: nginx, certificates; random numbers that a seed repeats.
        .target(name: "TestServers", path: "Tests/TestServers", swiftSettings: settings),
        .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: settings),
        .testTarget(
            name: "AttendanceCoreTests", dependencies: ["AttendanceCore", "SeededRandom"], swiftSettings: settings),
        .testTarget(
            name: "TransportTests", dependencies: ["Transport", "Sandbox", "TestServers"], swiftSettings: settings),
        .testTarget(
            name: "CleverAPITests", dependencies: ["AttendanceCore", "CleverAPI", "Transport"], swiftSettings: settings),
        .testTarget(
            name: "SchoologyAPITests", dependencies: ["AttendanceCore", "SchoologyAPI", "Transport"],
            swiftSettings: settings),
        .testTarget(
            name: "SyncStateTests",
            dependencies: ["AttendanceCore", "SyncState", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings),
        .testTarget(
            name: "ConfigurationTests", dependencies: ["AttendanceCore", "Configuration", "SeededRandom"],
            swiftSettings: settings),
        .testTarget(
            name: "TriggersTests", dependencies: ["AttendanceCore", "SeededRandom", "Triggers"], swiftSettings: settings
        ),
        .testTarget(name: "ReportTests", dependencies: ["AttendanceCore", "Report"], swiftSettings: settings),
        .testTarget(name: "OperationsTests", dependencies: ["AttendanceCore", "Operations"], swiftSettings: settings),
        .testTarget(name: "SandboxTests", dependencies: ["Sandbox"], swiftSettings: settings),
        .testTarget(
            name: "SyncEngineTests",
            dependencies: [
                "AttendanceCore", "Transport", "SyncEngine", "SyncState", "Sandbox",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            // States as earlier versions left them, as text.
            exclude: ["Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "SimulationTests", dependencies: ["AttendanceCore", "CSimulatedDisk", "Simulation", "SyncState"],
            swiftSettings: settings),
        .testTarget(
            name: "ProcessTests",
            dependencies: [
                "Sandbox", "SeededRandom", "TestServers", "attendance-sync",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        // What the fuzzers of Tests/Fuzzing have kept, by the same functions.
        .testTarget(
            name: "FuzzReplayTests",
            dependencies: [
                "Answers", "AttendanceCore", "CleverAPI", "Configuration", "SchoologyAPI", "SeededRandom", "SyncEngine",
                "SyncState", "Transport", "Triggers",
            ],
            path: "Tests/Fuzzing/Targets", swiftSettings: settings),
    ]
)
