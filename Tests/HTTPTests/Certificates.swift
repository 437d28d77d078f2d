import Glibc
import TestGround

/// Certificates of every kind, made once for a test run by the `openssl` command.
final class Certificates: Sendable {
  let folder: TemporaryFolder

  static let made = Task { try await Certificates() }
  /// What would otherwise stay behind when the test run ends.
  private static let kept = Locked<TemporaryFolder?>(nil)

  private init() async throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    Self.kept.withLock { $0 = folder }
    atexit { Certificates.kept.withLock { $0?.remove() } }
    _ = try await shell(Self.script, in: folder.path)
  }

  func path(_ name: String) -> String { folder(name) }

  /// SHA-256 of the public key of `NAME.pem`, in base64.
  func pin(_ name: String) async throws -> String {
    let script = """
      openssl x509 -in \(name).pem -noout -pubkey | openssl pkey -pubin -outform der \
      | openssl dgst -sha256 -binary | openssl base64 -A
      """
    return String(decoding: try await shell(script, in: folder.path), as: UTF8.self)
  }

  private static let script = #"""
    exec 2>openssl.log
    names=subjectAltName=DNS:localhost,IP:127.0.0.1
    server=extendedKeyUsage=serverAuth
    subject() { openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
      -keyout "$1.key" -out "$1.csr" -subj "/CN=$1"; }
    authority() {
      subject "$1"
      printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n' >"$1.ext"
      openssl x509 -req -in "$1.csr" -signkey "$1.key" -days 3650 -extfile "$1.ext" -out "$1.pem"
    }
    # leaf NAME ISSUER EXTENSIONS [options of openssl x509]
    leaf() {
      name=$1 issuer=$2; printf '%s\n' "$3" | tr ';' '\n' >"$name.ext"; shift 3
      [ -f "$name.csr" ] || subject "$name"
      openssl x509 -req -in "$name.csr" -CA "$issuer.pem" -CAkey "$issuer.key" -CAcreateserial \
        -days 3650 -extfile "$name.ext" -out "$name.pem" "$@"
    }
    # dated NAME FROM TO
    dated() {
      subject "$1"
      : >"$1.index"
      printf '%s\n' '[ca]' 'default_ca=d' '[d]' "database=$1.index" 'new_certs_dir=.' \
        'rand_serial=yes' 'default_md=sha256' 'policy=p' 'x509_extensions=x' \
        '[p]' 'commonName=supplied' '[x]' "$names" "$server" >"$1.cnf"
      openssl ca -batch -notext -config "$1.cnf" -cert authority.pem -keyfile authority.key \
        -startdate "$2" -enddate "$3" -in "$1.csr" -out "$1.pem"
    }
    authority authority
    authority stranger
    leaf good authority "$names;$server"
    leaf unknown stranger "$names;$server"
    leaf elsewhere authority "subjectAltName=DNS:mail.example.com;$server"
    leaf client authority "$names;extendedKeyUsage=clientAuth"
    leaf sha1 authority "$names;$server" -sha1
    leaf by-good good "$names;$server"
    cat by-good.pem good.pem >by-good-chain.pem
    leaf middle authority "basicConstraints=critical,CA:TRUE;keyUsage=keyCertSign"
    leaf behind middle "$names;$server"
    leaf middle-sha1 authority "basicConstraints=critical,CA:TRUE;keyUsage=keyCertSign" -sha1
    leaf behind-sha1 middle-sha1 "$names;$server"
    openssl req -new -newkey rsa:1024 -nodes -keyout short.key -out short.csr -subj /CN=short
    leaf short authority "$names;$server"
    subject self
    printf '%s\n%s\n' "$names" "$server" >self.ext
    openssl x509 -req -in self.csr -signkey self.key -days 3650 -extfile self.ext -out self.pem
    dated expired 19990101000000Z 20010101000000Z
    dated early 20990101000000Z 20991231000000Z
    printf 'HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n' >down
    printf 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello' >hello
    """#
}

/// `openssl s_server` with one certificate, serving the files of the certificates' folder.
final class TLSServer: Sendable {
  let port: Int
  private let process: RunningServer

  init(_ certificates: Certificates, _ name: String, _ options: [String] = []) async throws {
    process = try await RunningServer(
      "openssl",
      [
        "s_server", "-accept", "127.0.0.1:0", "-HTTP",
        "-cert", "\(name).pem", "-key", "\(name).key",
      ] + options,
      in: certificates.folder.path
    )
    port = process.port
  }

  func url(_ file: String = "hello") -> String { "https://localhost:\(port)/\(file)" }
}
