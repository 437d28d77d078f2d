package import Foundation

/// Exchange's own schemas, with xmllint as their reader.
package struct ExchangeSchemas: Sendable {
  package let folder: URL

  /// Nil, said aloud, where the schemas or xmllint are not there.
  package static func here() -> ExchangeSchemas? {
    let named = ProcessInfo.processInfo.environment["LOCKSTEP_SCHEMAS"].map { URL(filePath: $0) }
    let folder =
      named ?? packageRoot.deletingLastPathComponent().appending(path: "shared/ews-schema")
    let schemas = ExchangeSchemas(folder: folder)
    guard FileManager.default.fileExists(atPath: schemas.envelope) else {
      print(
        "SKIPPED: no schemas of Exchange at \(folder.path); LOCKSTEP_SCHEMAS names their folder"
      )
      return nil
    }
    guard Programs.found("xmllint") != nil else {
      print("SKIPPED: xmllint is not installed")
      return nil
    }
    return schemas
  }

  /// What xmllint has against the documents; empty when all are valid.
  package func complaints(_ documents: [[UInt8]]) async throws -> String {
    var complaints: [Substring] = []
    for start in stride(from: 0, to: documents.count, by: 200) {
      let papers = try TemporaryFolder()
      let files = try documents[start..<min(start + 200, documents.count)].enumerated()
        .map { try papers.write("\(start + $0.offset).xml", $0.element) }
      let options = ["--noout", "--nonet", "--schema", envelope]
      let judge = try await Child.finished("xmllint", options + files)
      if judge.status != 0 {
        complaints.append("xmllint ended with \(judge.status)")
        complaints += judge.errors.split(separator: "\n").filter { !$0.hasSuffix(" validates") }
      }
    }
    return complaints.joined(separator: "\n")
  }

  private var envelope: String { folder.appending(path: "soap-envelope.xsd").path }
}
