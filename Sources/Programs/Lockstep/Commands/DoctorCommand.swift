import ArgumentParser

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Looks at every link of the chain and says what to mend; changes nothing."
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  func run() async throws {
    try await conclude {
      let doctor = DoctorView(checks: await Examination(config: common.config).checks())
      try view.output.show(doctor)
      return doctor.isHealthy ? .done : .failed
    }
  }
}
