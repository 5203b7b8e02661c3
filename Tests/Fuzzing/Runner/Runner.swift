import CLibFuzzer
import Glibc

/// Runs one target under libFuzzer: `fuzz TARGET [libFuzzer's arguments]`.
@main enum Runner {
    /// libFuzzer calls a function of C, which can't bring anything along.
    nonisolated(unsafe) static var target: FuzzTarget?

    /// libFuzzer passes over what begins with two hyphens, and hands it on to the processes that it starts.
    private static let flag = "--target="

    static func main() {
        var arguments = CommandLine.arguments
        if arguments.count > 1, !arguments.contains(where: { $0.hasPrefix(flag) }) {
            arguments[1] = flag + arguments[1]
        }
        let name = arguments.first { $0.hasPrefix(flag) }?.dropFirst(flag.count)
        guard let target = FuzzTarget.all.first(where: { $0.name == name ?? "" }) else {
            for target in FuzzTarget.all { print(target.name) }
            exit(name == nil ? 0 : 64)
        }
        Self.target = target
        var count = Int32(arguments.count)
        var pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = .allocate(capacity: arguments.count + 1)
        for (index, argument) in arguments.enumerated() { pointers?[index] = strdup(argument) }
        pointers?[arguments.count] = nil
        exit(
            LLVMFuzzerRunDriver(&count, &pointers) { data, size in
                Runner.run(Array(UnsafeBufferPointer(start: data, count: size)))
                return 0
            })
    }

    private static func run(_ input: [UInt8]) {
        do throws(Finding) {
            try target?.run(input)
        } catch {
            let line = Array("finding: \(error.what)\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
            // libFuzzer keeps the input of a process that aborts.
            abort()
        }
    }
}
