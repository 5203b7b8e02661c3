import ArgumentParser

@main
struct AttendanceSimulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attendance-simulate",
        abstract: "Runs attendance-sync's engine and its state in a world that is simulated.",
        subcommands: [HistoriesCommand.self, SchoolDayCommand.self], defaultSubcommand: HistoriesCommand.self)
}
