import Foundation
import HTTP
import TestGround
import Testing

/// A certificate of the registry's own: in a build with the package trait `TLS` it serves by it, in
/// any other it says why not.
@Suite(.timeLimit(.minutes(5))) struct TLSTests {
  @Test func `with a certificate it serves by TLS on any address, or says that it cannot`()
    async throws
  {
    // A program that was built with the trait.
    let encrypting = ProcessInfo.processInfo.environment["LOCKSTEP_TLS"]
    let registry = try RegistryProgram(program: encrypting)
    let openssl = try #require(Programs.found("openssl"))
    let made = try await Child.finished(
      openssl,
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost", "-keyout", registry.folder("key.pem"), "-out",
        registry.folder("authority.pem"),
      ]
    )
    #expect(made.status == 0, "\(made.errors)")
    try registry.folder.write(
      "registry.toml",
      """
      database = "registry.sqlite"
      key_file = "registry.key"
      listen = "0.0.0.0:0"
      [tls]
      certificate = "authority.pem"
      key = "key.pem"
      """
    )
    guard encrypting != nil else {
      let run = try await registry("serve")
      #expect(run.status == 1 && run.errors.contains("swift build --traits TLS"), "\(run.errors)")
      print("SKIPPED: LOCKSTEP_TLS names no lockstep-registry that was built with --traits TLS")
      return
    }
    let status = try await registry.serving { address in
      let port = try #require(address.split(separator: ":").last)
      #expect(address.hasPrefix("https://"))
      let client = HTTPClient(
        trust: TrustPolicy(
          certificateAuthorityFile: registry.folder("authority.pem"),
          pinnedKey: nil
        )
      )
      let answer = try await client.send(
        HTTPRequest(method: "GET", url: "https://localhost:\(port)/healthz")
      )
      #expect(answer.status == 200)
      let stranger = HTTPClient(trust: .system)
      await #expect(throws: HTTPError.self) {
        try await stranger.send(
          HTTPRequest(method: "GET", url: "https://localhost:\(port)/healthz")
        )
      }
      await client.close()
      await stranger.close()
    }
    #expect(status == 0)
  }
}
