import ArgumentParser

/// A duration as the configuration writes it: a number and `s`, `m`, `h` or `d`.
struct Seconds: ExpressibleByArgument, CustomStringConvertible {
    let count: Int

    init(_ count: Int) {
        self.count = count
    }

    init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let number = Int(argument.dropLast()), number > 0,
            number <= 1_000_000
        else { return nil }
        count = number * unit
    }

    var description: String {
        for (unit, length) in [("d", 86_400), ("h", 3600), ("m", 60)] where count % length == 0 {
            return "\(count / length)\(unit)"
        }
        return "\(count)s"
    }

    var defaultValueDescription: String { description }
}
