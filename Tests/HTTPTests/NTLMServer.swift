import TestGround

/// A stranger's view of NTLMv2 (MS-NLMP), in Python: it answers type 1 with type 2 and checks the
/// proof in type 3, on the same connection, with the body sent again.
///
/// Each answer's body says `user=…;connection=…;legs=…;body=…`; anything wrong is a 400 that says
/// what.
final class NTLMServer: Sendable {
  let port: Int
  private let process: RunningServer
  private let folder: TemporaryFolder

  var url: String { "http://127.0.0.1:\(port)/EWS/Exchange.asmx" }

  init(password: String) async throws {
    folder = try TemporaryFolder()
    let script = try folder.write("ntlm.py", Self.script)
    process = try await RunningServer("python3", [script, password], in: folder.path)
    port = process.port
  }

  private static let script = #"""
    import base64, hmac, os, socket, struct, subprocess, sys, threading

    password = sys.argv[1]
    nt_hash = subprocess.run(
        ["openssl", "dgst", "-provider", "legacy", "-provider", "default", "-md4", "-binary"],
        input=password.encode("utf-16-le"), capture_output=True, check=True).stdout

    def type2(challenge):
        info = b""
        for kind, value in ((2, "CORP".encode("utf-16-le")), (1, "MAIL".encode("utf-16-le")),
                            (7, struct.pack("<Q", 133_000_000_000_000_000)), (0, b"")):
            info += struct.pack("<HH", kind, len(value)) + value
        target = "CORP".encode("utf-16-le")
        flags = 0x1 | 0x4 | 0x200 | 0x10000 | 0x80000 | 0x800000
        head = b"NTLMSSP\0" + struct.pack("<I", 2)
        head += struct.pack("<HHI", len(target), len(target), 48) + struct.pack("<I", flags)
        head += challenge + b"\0" * 8
        head += struct.pack("<HHI", len(info), len(info), 48 + len(target))
        return head + target + info

    def check(message, challenge):
        def field(at):
            length, _, offset = struct.unpack_from("<HHI", message, at)
            return message[offset:offset + length]
        nt, domain, user = field(20), field(28), field(36)
        if len(nt) <= 24:
            raise ValueError("NTLMv1")
        name = user.decode("utf-16-le").upper() + domain.decode("utf-16-le")
        key = hmac.digest(nt_hash, name.encode("utf-16-le"), "md5")
        if hmac.digest(key, challenge + nt[16:], "md5") != nt[:16]:
            raise ValueError("wrong proof")
        return domain.decode("utf-16-le") + "\\" + user.decode("utf-16-le")

    def serve(connection, number):
        stream = connection.makefile("rb")
        challenge, user, legs = None, None, 0
        def reply(status, headers, text):
            body = text.encode()
            lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"] + headers
            connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        while True:
            line = stream.readline()
            if not line:
                return
            headers = {}
            for line in iter(stream.readline, b"\r\n"):
                name, _, value = line.decode().partition(":")
                headers[name.lower()] = value.strip()
            body = stream.read(int(headers.get("content-length", 0)))
            legs += 1
            scheme, _, token = headers.get("authorization", "").partition(" ")
            message = base64.b64decode(token) if scheme == "NTLM" else b""
            kind = struct.unpack_from("<I", message, 8)[0] if message else 0
            if kind == 1:
                if body:
                    reply("400 Bad", [], "a body with type 1")
                    continue
                challenge, user = os.urandom(8), None
                token = base64.b64encode(type2(challenge)).decode()
                reply("401 Unauthorized", [f"WWW-Authenticate: NTLM {token}"], "challenge")
                continue
            if kind == 3:
                try:
                    user = check(message, challenge)
                except Exception as problem:
                    reply("401 Unauthorized", ["WWW-Authenticate: NTLM", f"X-Why: {problem}"], "no")
                    continue
            if user is None:
                reply("401 Unauthorized", ["WWW-Authenticate: NTLM"], "who are you")
                continue
            reply("200 OK", [], f"user={user};connection={number};legs={legs};body={body.decode()}")

    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    number = 0
    while True:
        connection, _ = listener.accept()
        number += 1
        threading.Thread(target=serve, args=(connection, number), daemon=True).start()
    """#
}
