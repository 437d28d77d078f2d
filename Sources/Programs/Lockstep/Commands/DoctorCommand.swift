import ArgumentParser
import Console

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Looks at every link of the chain and says what to mend; changes nothing.",
    discussion: """
      From the settings over both sides to the daemon, one line each. Ends with status 1 when \
      something is broken.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation) {
      let doctor = DoctorView(checks: await Examination(invocation: invocation).checks())
      try view.output.show(doctor)
      return doctor.isHealthy ? .done : .failed
    }
  }
}
