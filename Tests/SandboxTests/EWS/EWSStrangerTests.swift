import Foundation
import Logging
import Sandbox
import TestGround
import Testing
import World

@Suite struct EWSStrangerTests {
  @Test func `exchangelib opens, lists, creates, updates, syncs and deletes`() async throws {
    guard let python = try await PythonJudge.interpreter(importing: "exchangelib") else { return }
    let bench = try EWSBench(items: 150)
    let script = try #require(
      Bundle.module.url(forResource: "exchangelib_judge", withExtension: "py")
    )
    let sandbox = Sandbox(
      exchange: bench.server,
      psa: bench.server,
      logger: Logger(label: "exchangelib judge")
    )
    let result = try await sandbox.running { ports in
      try await Child.finished(
        python,
        [
          script.path, "http://127.0.0.1:\(ports.exchange)/EWS/Exchange.asmx", EWSBench.user,
          EWSBench.password,
        ]
      )
    }
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.hasSuffix("all is well\n"), "\(result.output)")
    let left = await bench.world.mailbox { mailbox, _ in
      (mailbox.mailsSent, mailbox.items(in: mailbox.folderID(.calendar)).count)
    }
    #expect(left == (0, 151))
    guard let schemas = ExchangeSchemas.here() else { return }
    let papers = bench.papers.all
    #expect(papers.requests.count > 20)
    // Its first guess is a version that no schema has; the sandbox refuses it as Exchange does.
    let guesses = zip(papers.requests, papers.replies).filter {
      String(decoding: $0.1, as: UTF8.self).contains("ErrorInvalidServerVersion")
    }
    #expect(guesses.count == 1)
    let known = papers.requests.filter { request in !guesses.contains { $0.0 == request } }
    let requests = try await schemas.complaints(known)
    #expect(requests == "", "the stranger's requests")
    let replies = try await schemas.complaints(papers.replies)
    #expect(replies == "", "the sandbox's replies")
  }
}
