import Foundation
import Sandbox
import World

/// Where a running sandbox is and how it is entered.
struct Ready: Sendable {
  let ports: Sandbox.Ports
  let exchange: String
  let psa: String
  let user: String
  let password: String
  let integrationCode: String
  let config: String
  let pid: Int32
  /// Acts in the name of every mailbox, with the same password, and has none itself.
  static let account = "lockstep@example.com"

  /// Opens `/sandbox/…` on the PSA's port.
  let token: String

  init(ports: Sandbox.Ports, password: String, settings: String, token: String) {
    self.ports = ports
    exchange = "http://127.0.0.1:\(ports.exchange)/EWS/Exchange.asmx"
    psa = "http://127.0.0.1:\(ports.psa)/ATServicesRest/"
    user = Seeding.mailAddress
    self.password = password
    integrationCode = Seeding.account(password: password).trackingIdentifier
    config = settings
    pid = getpid()
    self.token = token
  }

  /// What a running or former sandbox left in its control file; nil where there is none.
  init?(readingFrom file: URL) {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let json: JSONValue
    do { json = try JSONValue(parsing: Array(Data(contentsOf: file))) } catch { return nil }
    guard let exchange = json["exchangePort"]?.integer, let psa = json["psaPort"]?.integer,
      let token = json["token"]?.text, let pid = json["pid"]?.integer
    else { return nil }
    ports = Sandbox.Ports(exchange: Int(exchange), psa: Int(psa))
    self.exchange = ""
    self.psa = ""
    user = ""
    password = ""
    integrationCode = ""
    config = ""
    self.pid = Int32(truncatingIfNeeded: pid)
    self.token = token
  }

  /// The line that `serve` prints.
  var line: String {
    let json: JSONValue = [
      "exchange": .string(exchange),
      "psa": .string(psa),
      "user": .string(user),
      "account": .string(Ready.account),
      "password": .string(password),
      "integrationCode": .string(integrationCode),
      "resourceID": .int(Seeding.technician),
      "config": .string(config),
      "pid": .int(Int64(pid)),
    ]
    return String(decoding: json.bytes, as: UTF8.self)
  }

  /// What `edit` reads.
  var controlText: String {
    let json: JSONValue = [
      "exchangePort": .int(Int64(ports.exchange)),
      "psaPort": .int(Int64(ports.psa)),
      "token": .string(token),
      "pid": .int(Int64(pid)),
    ]
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }
}

/// Random letters and digits.
enum RandomText {
  static func make(_ length: Int) throws -> String {
    let letters = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    var dice = SystemRandomNumberGenerator()
    return String((0..<length).compactMap { _ in letters.randomElement(using: &dice) })
  }
}
