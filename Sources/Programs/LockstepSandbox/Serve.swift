import ArgumentParser
import Foundation
import Sandbox
import World

/// `serve`: both servers in the foreground until SIGTERM or SIGINT.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run both servers; prints one line of JSON when they are ready.",
    discussion: """
      The line on standard output names the URLs, a user and a password that open both sides, the \
      resource, a settings file for lockstep, and the process. Everything lies under the folder; \
      the world survives a restart. SIGTERM ends it.
      """
  )

  @Option(help: ArgumentHelp("The folder everything lies under.", valueName: "folder"))
  var dir: String

  @Option(help: "Items on each side of a new world.")
  var items = 40

  @Option(help: "What a new world is made from; also throws the dice of the faults.")
  var seed: UInt64 = 1

  @Option(help: "The port of Exchange; 0 picks a free one.")
  var exchangePort = 0

  @Option(help: "The port of the PSA; 0 picks a free one.")
  var psaPort = 0

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "A fault and its share of the requests, such as busy=0.1.",
      discussion: "Kinds: \(FaultKind.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "kind=rate"
    )
  )
  var fault: [FaultRate] = []

  @Option(help: ArgumentHelp("Milliseconds added to every reply.", valueName: "ms"))
  var latency = 0

  @Flag(help: "Fill both sides of a new world as another integration would have left them.")
  var fillLikeVendor = false

  @Flag(help: "The person may read the public folders only.")
  var withholdPublicFolders = false

  func validate() throws {
    guard items >= 0 else { throw ValidationError("--items cannot be negative.") }
    guard latency >= 0 else { throw ValidationError("--latency cannot be negative.") }
    guard (0...65_535).contains(exchangePort), (0...65_535).contains(psaPort) else {
      throw ValidationError("A port is a number from 0 to 65535.")
    }
  }

  func run() async throws {
    let ending = Ending()
    let signals = ending.signals
    let house = try SandboxHouse(
      dir,
      SandboxHouse.Seeds(
        items: items,
        seed: seed,
        fillsLikeVendor: fillLikeVendor,
        mayWritePublicFolders: !withholdPublicFolders
      )
    )
    let faults = Faults(
      rates: Dictionary(fault.map { ($0.kind, $0.rate) }) { max($0, $1) },
      latency: .milliseconds(latency),
      seed: seed
    )
    let wanted = Sandbox.Ports(exchange: exchangePort, psa: psaPort)
    try await house.running(on: wanted, faults: faults) { ready in
      print(ready.line)
      fflush(nil)
      for await _ in signals { return }
    }
    withExtendedLifetime(ending) {}
  }
}

/// `--fault KIND=RATE`.
struct FaultRate: ExpressibleByArgument, Sendable {
  let kind: FaultKind
  let rate: Double

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let kind = FaultKind(rawValue: String(parts[0])),
      let rate = Double(parts[1]), (0...1).contains(rate)
    else { return nil }
    self.kind = kind
    self.rate = rate
  }
}
