import Foundation

/// A real mail server of Debian's (aiosmtpd) that keeps what it gets, as lines of JSON.
package final class MailSink: Sendable {
  package struct Message: Decodable, Sendable {
    package let from: String
    package let to: [String]
    package let subject: String
    package let text: String
    package let headers: [String: String]
    package let isEncrypted: Bool
    package let user: String?
  }

  package let port: Int
  private let child: Child

  /// Nil, said aloud, where there is no aiosmtpd.
  package static func opened(_ options: String...) async throws -> MailSink? {
    guard let python = try await PythonJudge.interpreter(importing: "aiosmtpd") else { return nil }
    return try await MailSink(python, options)
  }

  private init(_ python: String, _ options: [String]) async throws {
    child = try Child(python, ["-u", "-c", Self.script] + options)
    guard let line = await child.line(), let port = Int(line) else { throw NoPort() }
    self.port = port
  }

  /// The next message that arrived.
  package func next() async throws -> Message? {
    guard let line = await child.line() else { return nil }
    return try JSONDecoder().decode(Message.self, from: Data(line.utf8))
  }

  struct NoPort: Error {}

  private static let script = """
    import asyncio, email, email.policy, json, ssl, sys
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
    options = dict(word.split("=", 1) for word in sys.argv[1:])
    class Sink:
      async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in options.get("refuse", "").split(","):
          return "550 no such person"
        if address in options.get("later", "").split(","):
          return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"
      async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        bare = [line for line in envelope.original_content.split(b"\\r\\n") if len(line) > 998 or b"\\n" in line]
        print(json.dumps({
          "from": envelope.mail_from, "to": envelope.rcpt_tos,
          "subject": str(message["subject"]), "text": message.get_content(),
          "headers": {name: str(value) for name, value in message.items()},
          "isEncrypted": server.transport.get_extra_info("ssl_object") is not None,
          "user": session.auth_data.login.decode() if session.auth_data else None,
          "defects": [str(defect) for defect in message.defects] + [str(line) for line in bare],
        }), flush=True)
        return "250 taken"
    def authenticate(server, session, envelope, mechanism, data):
      good = data.login == b"sender" and data.password == b"word"
      return AuthResult(success=good, auth_data=data if good else None, handled=False)
    async def main():
      context = None
      if "certificate" in options:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["certificate"], options["key"])
      start = options.get("encryption") == "starttls"
      made = lambda: SMTP(Sink(), tls_context=context if start else None, require_starttls=start,
        authenticator=authenticate if "sign-in" in options else None,
        auth_require_tls=False, auth_required="sign-in" in options)
      server = await asyncio.get_running_loop().create_server(
        made, "127.0.0.1", 0, ssl=None if start else context)
      print(server.sockets[0].getsockname()[1], flush=True)
      await server.serve_forever()
    asyncio.run(main())
    """
}
