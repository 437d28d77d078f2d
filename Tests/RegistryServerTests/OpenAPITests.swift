import Foundation
import RegistryServer
import SyncModel
import TestGround
import Testing

/// `share/lockstep-registry/openapi.yaml`, against an independent reader and the server itself.
@Suite(.timeLimit(.minutes(10))) struct OpenAPITests {
  private static let file = packageRoot.appending(path: "share/lockstep-registry/openapi.yaml")

  private struct Call: Decodable, Hashable {
    let method: String
    let path: String
    let door: String
  }

  private static let reader = """
    import json, sys, yaml
    from openapi_spec_validator import validate
    spec = yaml.safe_load(open(sys.argv[1]))
    validate(spec)
    print(json.dumps([
        {"method": method.upper(), "path": path,
         "door": next(iter(call.get("security", [{"open": []}])[0]))}
        for path, item in spec["paths"].items() for method, call in item.items()]))
    """

  @Test func `the description is valid, and names every call with its door`() async throws {
    let answer = try await PythonJudge.answer(
      to: Self.reader,
      [Self.file.path],
      importing: "openapi_spec_validator, yaml"
    )
    guard let answer else { return }
    let described = try JSONDecoder().decode([Call].self, from: Data(answer.utf8))
    try await ServedRegistry.with { registry in
      let served = registry.server.calls.map {
        Call(method: $0.method, path: $0.path, door: $0.door)
      }
      #expect(Set(described) == Set(served))
      #expect(described.count == served.count)
    }
  }

  /// A stranger makes calls up from the description, and compares each answer with it.
  @Test(arguments: [
    ("agent", "^/v1/(agent|psa)/"), ("admin", "^/(?!v1/(agent|psa)/)"),
  ])
  func `answers are as described, whatever is sent`(door: String, paths: String) async throws {
    guard let python = try await PythonJudge.interpreter(importing: "schemathesis") else { return }
    try await ServedRegistry.with(ticking: true) { registry in
      let folder = try TemporaryFolder()
      let token = door == "agent" ? registry.first : registry.admin
      let run = try await Child.finished(
        python,
        [
          "-m", "schemathesis.cli", "run", Self.file.path, "--url", registry.address,
          "--header", "Authorization: Bearer \(token)", "--include-path-regex", paths,
          "--checks",
          "not_a_server_error,status_code_conformance,content_type_conformance,"
            + "response_schema_conformance",
          "--phases", "examples,coverage,fuzzing", "--max-examples", "15", "--seed", "1",
          "--generation-database", "none", "--no-color", "--continue-on-failure",
        ],
        environment: ["HOME": folder.path],
        folder: folder.path
      )
      #expect(run.status == 0, "\(run.output.suffix(6_000))\(run.errors)")
      let count = registry.server.calls.count { ($0.door == "agent") == (door == "agent") }
      #expect(run.output.contains("Tested: \(count)\n"), "\(run.output.suffix(2_000))")
    }
  }
}
