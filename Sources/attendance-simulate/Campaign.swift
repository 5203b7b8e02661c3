import Foundation
import Simulation

/// Many seeds, several processes at a time.
struct Campaign {
    private let histories: Histories
    private let seeds: Range<UInt64>
    private let jobs: Int
    private let shrinks: Bool
    private var tally = Tally()
    private var failures: [(seed: UInt64, violation: String, invariant: String)] = []
    private let started = Date()

    /// Seeds of one process: what a failing history leaves behind goes with it.
    private static let chunk: UInt64 = 200
    private static let failuresShown = 20

    init(histories: Histories, seeds: Range<UInt64>, jobs: Int?, shrinks: Bool) {
        self.histories = histories
        self.seeds = seeds
        self.jobs = max(jobs ?? ProcessInfo.processInfo.activeProcessorCount, 1)
        self.shrinks = shrinks
    }

    /// - Returns: whether every invariant held.
    mutating func run() throws -> Bool {
        var chunks = stride(from: seeds.lowerBound, to: seeds.upperBound, by: Int(Self.chunk)).map {
            $0..<min($0 + Self.chunk, seeds.upperBound)
        }[...]
        var running: [Child] = []
        while !chunks.isEmpty || !running.isEmpty {
            while running.count < jobs, let chunk = chunks.popFirst() {
                running.append(try Child(chunk, histories))
            }
            try take(from: &running)
            showProgress()
        }
        if isatty(STDERR_FILENO) == 1 { Output.complain("\r\u{1B}[K") }
        report()
        return failures.isEmpty
    }

    /// Waits until a process says something or ends.
    private mutating func take(from running: inout [Child]) throws {
        var polled = running.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        guard poll(&polled, nfds_t(polled.count), 1000) > 0 else { return }
        for (child, ready) in zip(running, polled) where ready.revents != 0 {
            for line in child.read() { try take(line, of: child) }
        }
        for child in running where child.hasEnded {
            child.process.waitUntilExit()
            guard let seed = child.nextSeed, seed < child.seeds.upperBound else { continue }
            // It died of that seed.
            failures.append((seed, "the simulator ended with status \(child.process.terminationStatus)", "crash"))
            if seed + 1 < child.seeds.upperBound {
                running.append(try Child(seed + 1..<child.seeds.upperBound, histories))
            }
        }
        running.removeAll(where: \.hasEnded)
    }

    private mutating func take(_ line: String, of child: Child) throws {
        guard let said = try? JSONDecoder().decode(Worker.Line.self, from: Data(line.utf8)) else { return }
        switch said {
        case .ran(let seed, let tally):
            self.tally += tally
            child.nextSeed = seed + 1
        case .failed(let seed, let violation, let invariant, let tally):
            self.tally += tally
            child.nextSeed = seed + 1
            failures.append((seed, violation, invariant))
            // At once, for whoever watches a campaign of hours; in full at its end.
            let line = violation.split(separator: "\n").first ?? ""
            Output.complain((isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[K" : "") + "seed \(seed): \(line)\n")
        }
    }

    private func showProgress() {
        guard isatty(STDERR_FILENO) == 1 else { return }
        let total = seeds.count
        let done = tally.histories
        let elapsed = Date().timeIntervalSince(started)
        let left = done == 0 ? 0 : elapsed / Double(done) * Double(total - done)
        let width = 30
        let filled = total == 0 ? width : width * done / total
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
        let failed = failures.isEmpty ? "" : ", \(failures.count) failed"
        Output.complain("\r[\(bar)] \(done) of \(total) seeds\(failed), \(Int(left)) s left \u{1B}[K")
    }

    // MARK: The end

    private func report() {
        for failure in failures.sorted(by: { $0.seed < $1.seed }).prefix(Self.failuresShown) {
            Output.say("seed \(failure.seed): \(failure.violation)")
            Output.say("  replay: \(replay(failure.seed))")
        }
        if failures.count > Self.failuresShown { Output.say("… and \(failures.count - Self.failuresShown) more") }
        if shrinks, let first = failures.min(by: { $0.seed < $1.seed }), first.invariant != "crash" { shrink(first) }
        let seconds = Date().timeIntervalSince(started)
        let days = Double(tally.milliseconds) / 86_400_000
        Output.say(
            "\(failures.isEmpty ? "held" : "FAILED"): \(tally.histories) seeds (\(seeds.lowerBound) to \(seeds.upperBound - 1)), "
                + "\(failures.count) failed, in \(Int(seconds)) s")
        Output.say(
            "simulated: \(Int(days)) days, \(tally.schoolDays) of them school days (\(text(Double(tally.schoolDays) / 180)) school years of 180), "
                + "\(Int(days * 86_400 / max(seconds, 0.001))) times as fast as life")
        Output.say(
            "people: \(tally.officeEdits) edits by offices, \(tally.teacherEdits) by teachers, \(tally.rosterChanges) changes of rosters, "
                + "\(tally.conflicts) conflicts, \(tally.held) held batches, \(tally.unseeable) edits overwritten "
                + "that nobody could have seen")
        Output.say(
            "daemon: \(tally.boots) starts, \(tally.cycles) cycles, \(tally.requests) requests, \(tally.puts) PUTs, "
                + "\(tally.uploads) uploads, \(tally.ingestions) files taken")
        let faults = tally.faults.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        Output.say("faults that struck: \(faults.joined(separator: ", "))")
    }

    private func replay(_ seed: UInt64) -> String {
        (["scripts/simulate --seed \(seed)"] + histories.options).joined(separator: " ")
    }

    private func text(_ number: Double) -> String { String(format: "%.1f", number) }

    private func shrink(_ failure: (seed: UInt64, violation: String, invariant: String)) {
        let histories = histories
        let scenario = histories.scenario(failure.seed)
        var shrinker = Shrinker(scenario, runs: 400) { candidate in
            histories.run(candidate).violation?.invariant == failure.invariant
        }
        let kept = shrinker.smallest()
        let list = kept.map { String($0) }.joined(separator: ",")
        Output.say(
            "the smallest history found for seed \(failure.seed), \(kept.count) of \(scenario.steps.count) steps:")
        for number in kept { Output.say("  \(number)\t\(scenario.steps[number].at)\t\(scenario.steps[number].action)") }
        if let violation = histories.run(scenario.with(only: kept)).violation { Output.say("  \(violation)") }
        Output.say("  replay: \(replay(failure.seed)) --only \(list)")
    }
}

/// A process that runs some of the seeds.
private final class Child {
    let process = Process()
    let seeds: Range<UInt64>
    let descriptor: Int32
    private let pipe = Pipe()
    private var buffer: [UInt8] = []
    private(set) var hasEnded = false
    /// The seed that it runs now.
    var nextSeed: UInt64?

    init(_ seeds: Range<UInt64>, _ histories: Histories) throws {
        self.seeds = seeds
        nextSeed = seeds.lowerBound
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--worker", "--from", "\(seeds.lowerBound)", "--seeds", "\(seeds.count)"]
        process.arguments! += histories.options
        process.standardOutput = pipe
        descriptor = pipe.fileHandleForReading.fileDescriptor
        try process.run()
        try pipe.fileHandleForWriting.close()
    }

    /// The whole lines that have come.
    func read() -> [String] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        guard count > 0 else {
            hasEnded = true
            return []
        }
        buffer += bytes[..<count]
        var lines: [String] = []
        while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(String(decoding: buffer[..<end], as: UTF8.self))
            buffer.removeFirst(end + 1)
        }
        return lines
    }
}
