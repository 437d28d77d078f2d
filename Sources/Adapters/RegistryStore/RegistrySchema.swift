/// The tables of the registry, as a list of migrations that only grows.
///
/// A migration that was released is never edited: a new one is added below it. Instants are seconds
/// since 1970, flags 0 or 1, lists JSON. No secret stands in any column: of tokens and codes there
/// are digests, of passwords scrypt keys, and what has to be read again is sealed.
enum RegistrySchema {
  static var version: Int { migrations.count }

  /// Brings the tables up to date; two processes may do so at once.
  static func migrate(_ database: some RegistryDatabase) async throws {
    let place = database.place
    try await database.write(.everything) { db in
      try db.define("CREATE TABLE IF NOT EXISTS registry_schema (version BIGINT NOT NULL)")
      let version = try db.count("SELECT max(version) FROM registry_schema")
      guard version <= migrations.count else { throw RegistryStoreFailure.newer(place: place) }
      for (index, migration) in migrations.enumerated().dropFirst(version) {
        for statement in migration { try db.define(statement) }
        try db.run("INSERT INTO registry_schema (version) VALUES (?)", index + 1)
      }
    }
  }

  private static let migrations = [first, troubles, gateway, publicFolder]

  private static let troubles = [
    """
    CREATE TABLE trouble (
      resource BIGINT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, since BIGINT NOT NULL, told BIGINT
    )
    """,
    "CREATE TABLE trouble_mail (sort TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)",
  ]

  private static let first = [
    """
    CREATE TABLE settings (
      number BIGINT NOT NULL PRIMARY KEY CHECK (number = 1),
      version BIGINT NOT NULL, settings TEXT NOT NULL, minutes BIGINT NOT NULL,
      full_reading BIGINT NOT NULL, saved_at BIGINT NOT NULL, saved_by TEXT NOT NULL
    )
    """,
    "CREATE TABLE sealed (name TEXT NOT NULL PRIMARY KEY, box TEXT NOT NULL)",
    """
    CREATE TABLE own_attempt (
      number NUMBERED,
      purpose TEXT NOT NULL, started BIGINT NOT NULL, heard BIGINT NOT NULL, finished BIGINT
    )
    """,

    // What the agent reported last stands beside the name: the list is one look into one table.
    """
    CREATE TABLE resource (
      number BIGINT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL, mail TEXT NOT NULL, search_key TEXT NOT NULL,
      is_active BIGINT NOT NULL, is_enabled BIGINT NOT NULL, listing BIGINT NOT NULL,
      last_attempt BIGINT, last_run BIGINT, outcome TEXT, policy BIGINT, next_due BIGINT,
      ended_attempt BIGINT, ended_run BIGINT, ended_outcome TEXT, reason TEXT,
      last_success BIGINT, held BIGINT NOT NULL
    )
    """,
    "CREATE INDEX resource_search ON resource (search_key, number)",
    "CREATE INDEX resource_success ON resource (last_success)",

    """
    CREATE TABLE code (
      number NUMBERED,
      digest TEXT NOT NULL UNIQUE, resource BIGINT NOT NULL, takes_over BIGINT NOT NULL,
      made BIGINT NOT NULL, made_by TEXT NOT NULL, expires BIGINT NOT NULL,
      used BIGINT, withdrawn BIGINT
    )
    """,
    """
    CREATE TABLE agent (
      number NUMBERED,
      agent TEXT NOT NULL, resource BIGINT NOT NULL, machine TEXT NOT NULL, version TEXT NOT NULL,
      digest TEXT NOT NULL UNIQUE, enrolled BIGINT NOT NULL, expires BIGINT NOT NULL,
      revoked BIGINT, revoked_by TEXT
    )
    """,
    "CREATE UNIQUE INDEX agent_resource ON agent (resource) WHERE revoked IS NULL",
    "CREATE UNIQUE INDEX agent_agent ON agent (agent) WHERE revoked IS NULL",
    """
    CREATE TABLE profile (
      resource BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, choices TEXT NOT NULL
    )
    """,

    """
    CREATE TABLE attempt (
      agent TEXT NOT NULL, run BIGINT NOT NULL, resource BIGINT NOT NULL,
      outcome TEXT NOT NULL, started BIGINT NOT NULL, version TEXT NOT NULL,
      received BIGINT NOT NULL, report TEXT NOT NULL,
      PRIMARY KEY (agent, run)
    )
    """,
    "CREATE INDEX attempt_resource ON attempt (resource, started)",
    "CREATE INDEX attempt_started ON attempt (started)",
    """
    CREATE TABLE hold (
      resource BIGINT NOT NULL, digest TEXT NOT NULL, agent TEXT NOT NULL,
      place BIGINT NOT NULL, report TEXT NOT NULL, approved BIGINT, approved_by TEXT,
      PRIMARY KEY (resource, digest)
    )
    """,

    """
    CREATE TABLE admin (
      key TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, password TEXT NOT NULL,
      made BIGINT NOT NULL
    )
    """,
    // By digest: people type passwords where names belong.
    """
    CREATE TABLE sign_in (
      digest TEXT NOT NULL PRIMARY KEY, failures BIGINT NOT NULL, last BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE session (
      digest TEXT NOT NULL PRIMARY KEY, key TEXT NOT NULL, made BIGINT NOT NULL,
      seen BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE admin_token (
      number NUMBERED,
      name TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, made BIGINT NOT NULL,
      made_by TEXT NOT NULL, revoked BIGINT
    )
    """,
    """
    CREATE TABLE audit (
      number NUMBERED,
      at BIGINT NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL,
      details TEXT NOT NULL
    )
    """,

    """
    CREATE TABLE mail (
      number NUMBERED,
      recipient TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, topic TEXT NOT NULL,
      queued BIGINT NOT NULL, due BIGINT NOT NULL, failures BIGINT NOT NULL, complaint TEXT,
      sent BIGINT
    )
    """,
    "CREATE INDEX mail_due ON mail (due) WHERE sent IS NULL",
    "CREATE INDEX mail_topic ON mail (topic, recipient)",
    """
    CREATE TABLE lease (
      name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, ends BIGINT NOT NULL
    )
    """,
  ]
}
