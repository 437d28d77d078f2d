internal import Cryptography
internal import Dispatch
internal import FoundationEssentials
internal import RegistryAPI
package import SyncModel

/// Rows of `admin` and `sign_in`.
enum AdminTable {
  static let passwordLengths = 12...1_024
  static let failuresAllowed: Int64 = 5
  static let lockSeconds: Int64 = 15 * 60

  /// Names are the same whatever their case.
  static func key(_ name: AdminName) -> String { name.rawValue.lowercased() }

  static let refusal = RegistryProblem(.unknownToken, "The name or the password is not right.")
  static let locked = RegistryProblem(
    .tooMany,
    "Signing in failed five times. Wait 15 minutes, then try again."
  )

  static func isLocked(_ key: String, now: Instant, in db: any RegistrySession) throws -> Bool {
    var row = try db.row(
      of: "sign_in",
      "SELECT failures FROM sign_in WHERE digest = ? AND last > ?",
      Token.digest(key),
      now.advanced(bySeconds: -lockSeconds)
    )
    return try (row?.number() ?? 0) >= failuresAllowed
  }

  static func addFailure(_ key: String, now: Instant, in db: any RegistrySession) throws {
    try db.run("DELETE FROM sign_in WHERE last <= ?", now.advanced(bySeconds: -lockSeconds))
    try db.run(
      """
      INSERT INTO sign_in (digest, failures, last) VALUES (?, 1, ?)
      ON CONFLICT (digest) DO UPDATE SET failures = sign_in.failures + 1, last = excluded.last
      """,
      Token.digest(key),
      now
    )
  }
}

/// A password as it is kept: parameters, salt and key of scrypt.
struct KeptPassword: Sendable {
  private let cost: Scrypt
  private let salt: [UInt8]
  private let key: [UInt8]

  /// Takes about a tenth of a second.
  init(_ password: String, salt: [UInt8]) throws {
    cost = .standard
    self.salt = salt
    key = try cost.key(from: Array(password.utf8), salt: salt)
  }

  /// Nobody's password, which takes as long to compare as somebody's.
  private init() {
    cost = .standard
    salt = [UInt8](repeating: 0, count: 16)
    key = []
  }

  static let nobodys = KeptPassword()

  init(text: String) throws(RegistryStoreFailure) {
    let parts = text.split(separator: "$").map(String.init)
    guard parts.count == 6, parts[0] == "scrypt", let logarithm = Int(parts[1]),
      let blockSize = Int(parts[2]), let parallelism = Int(parts[3]),
      let salt = Data(base64Encoded: parts[4]), let key = Data(base64Encoded: parts[5]),
      !key.isEmpty
    else { throw .unreadable(table: "admin") }
    cost = Scrypt(logarithm: logarithm, blockSize: blockSize, parallelism: parallelism)
    self.salt = Array(salt)
    self.key = Array(key)
  }

  var text: String {
    let (salt, key) = (Data(salt).base64EncodedString(), Data(key).base64EncodedString())
    return "scrypt$\(cost.logarithm)$\(cost.blockSize)$\(cost.parallelism)$\(salt)$\(key)"
  }

  func matches(_ password: String) throws -> Bool {
    let made = try cost.key(from: Array(password.utf8), salt: salt)
    return ConstantTime.areEqual(made, key)
  }
}

/// One at a time and apart from the tasks: scrypt takes time and 32 MB.
private let passwordQueue = DispatchQueue(label: "lockstep.registry.passwords")

private func onPasswordQueue<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    passwordQueue.async { continuation.resume(with: Result(catching: body)) }
  }
}

extension RegistryStore {
  /// The names of those who may sign in.
  package func admins() async throws -> [AdminName] {
    try await database.read { db in
      try db.rows("SELECT name FROM admin ORDER BY key").map { values in
        var row = RowReader(values, of: "admin")
        return try row.name()
      }
    }
  }

  /// Throws `.invalid`.
  ///
  /// An admin of that name gets the new password, and its sessions end.
  package func makeAdmin(
    _ name: AdminName,
    password: String,
    by admin: AdminName,
    now: Instant
  ) async throws {
    let lengths = AdminTable.passwordLengths
    guard (1...64).contains(name.rawValue.count),
      !name.rawValue.contains(where: { $0.isNewline || $0 == "\0" })
    else { throw RegistryProblem(.invalid, "A name is one line of up to 64 characters.") }
    guard lengths.contains(password.count) else {
      throw RegistryProblem(
        .invalid,
        "A password has \(lengths.lowerBound) to \(lengths.upperBound) characters."
      )
    }
    let salt = try dice(16)
    let kept = try await onPasswordQueue { try KeptPassword(password, salt: salt) }
    let key = AdminTable.key(name)
    try await database.write(.everything) { db in
      let isNew = try db.run("DELETE FROM admin WHERE key = ?", key) == 0
      try db.run(
        "INSERT INTO admin (key, name, password, made) VALUES (?, ?, ?, ?)",
        key,
        name,
        kept.text,
        now
      )
      try db.run("DELETE FROM session WHERE key = ?", key)
      try db.run("DELETE FROM sign_in WHERE digest = ?", Token.digest(key))
      try AuditTable.add(
        isNew ? .makeAdmin : .setPassword,
        "admin \(name)",
        by: admin,
        now: now,
        in: db
      )
    }
  }

  /// Throws `.notFound`; its sessions end.
  package func removeAdmin(_ name: AdminName, by admin: AdminName, now: Instant) async throws {
    let key = AdminTable.key(name)
    try await database.write(.everything) { db in
      guard try db.run("DELETE FROM admin WHERE key = ?", key) > 0 else {
        throw RegistryProblem(.notFound, "There is no admin \(name).")
      }
      try db.run("DELETE FROM session WHERE key = ?", key)
      try AuditTable.add(.removeAdmin, "admin \(name)", by: admin, now: now, in: db)
    }
  }

  /// Gives a session's token.
  ///
  /// Throws `.unknownToken`, in the same words and time for names that nobody has, or `.tooMany`
  /// for 15 minutes after five failures.
  package func signIn(_ name: AdminName, password: String, now: Instant) async throws -> String {
    let key = AdminTable.key(name)
    let kept = try await database.read { db in
      guard try !AdminTable.isLocked(key, now: now, in: db) else { throw AdminTable.locked }
      var row = try db.row(of: "admin", "SELECT password FROM admin WHERE key = ?", key)
      return try row?.text()
    }
    let isRight = try await onPasswordQueue {
      // Longer ones are nobody's, and would only cost time.
      guard password.utf8.count <= 4 * AdminTable.passwordLengths.upperBound else { return false }
      return try (kept.map { try KeptPassword(text: $0) } ?? .nobodys).matches(password)
    }
    let token = try Token.made(Token.sessionPrefix, dice)
    let refusal: RegistryProblem? = try await database.write(.everything) { db in
      // Guesses that were made side by side are counted one after another.
      guard try !AdminTable.isLocked(key, now: now, in: db) else { return AdminTable.locked }
      var row = try db.row(of: "admin", "SELECT password FROM admin WHERE key = ?", key)
      guard isRight, try row?.text() == kept else {
        try AdminTable.addFailure(key, now: now, in: db)
        return AdminTable.refusal
      }
      try db.run("DELETE FROM sign_in WHERE digest = ?", Token.digest(key))
      try SessionTable.begin(token, of: key, now: now, in: db)
      return nil
    }
    if let refusal { throw refusal }
    return token
  }
}
