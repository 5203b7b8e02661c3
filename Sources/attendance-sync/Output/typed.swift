import Foundation

/// A command as an operator types it next: with the configuration file that this process was told of, where that is another
/// than the standard one.
///
/// - Parameter arguments: the command and what follows it: `held list`.
func typed(_ arguments: String) -> String { "attendance-sync \(arguments)\(chosenConfiguration)" }

private let chosenConfiguration: String = {
    let given = CommandLine.arguments.dropFirst()
    let path =
        given.lazy.compactMap { $0.hasPrefix("--config=") ? String($0.dropFirst(9)) : nil }.first
        ?? given.firstIndex(of: "--config").flatMap { given.dropFirst($0 - given.startIndex + 1).first }
    guard let path, path != GlobalOptions.standardConfiguration else { return "" }
    let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+=:@%".contains($0) }
    return " --config " + (isPlain ? path : "'" + path.replacing("'", with: #"'\\''"#) + "'")
}()
