import ArgumentParser

/// `tour`: a narrated run in a temporary folder.
struct Tour: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a working week being kept in step, in a temporary folder."
  )

  func run() async throws {
    throw ValidationError("The tour is not open yet.")
  }
}
