extension RegistrySchema {
  /// The PSA as the gateway read it last (`psa_row`), and who sees what of it since when (`psa_view`).
  ///
  /// `read` is when the question began that brought a row, in microseconds since 1970.
  static let gateway = [
    """
    CREATE TABLE psa_row (
      part TEXT NOT NULL, id BIGINT NOT NULL,
      owner BIGINT, parent BIGINT, ending BIGINT, modified BIGINT,
      read BIGINT NOT NULL, body TEXT NOT NULL, crew TEXT NOT NULL,
      PRIMARY KEY (part, id)
    )
    """,
    "CREATE INDEX psa_row_parent ON psa_row (part, parent)",
    """
    CREATE TABLE psa_view (
      resource BIGINT NOT NULL, part TEXT NOT NULL, id BIGINT NOT NULL,
      sequence BIGINT NOT NULL, is_gone BIGINT NOT NULL,
      PRIMARY KEY (resource, part, id)
    )
    """,
    "CREATE INDEX psa_view_sequence ON psa_view (resource, sequence)",
    "CREATE INDEX psa_view_row ON psa_view (part, id)",
    """
    CREATE TABLE psa_part (
      part TEXT NOT NULL PRIMARY KEY,
      watermark BIGINT, ending_from BIGINT, listed_at BIGINT, read_at BIGINT, hidden TEXT
    )
    """,
    """
    CREATE TABLE psa_state (
      number BIGINT NOT NULL PRIMARY KEY CHECK (number = 1),
      tenant BIGINT, server TEXT, sequence BIGINT NOT NULL, bottom BIGINT NOT NULL,
      began_at BIGINT, read_at BIGINT, used BIGINT, allowed BIGINT, complaint TEXT
    )
    """,
    "INSERT INTO psa_state (number, sequence, bottom) VALUES (1, 0, 0)",
    """
    CREATE TABLE psa_write (
      resource BIGINT NOT NULL, key TEXT NOT NULL,
      digest TEXT NOT NULL,
      kind TEXT NOT NULL, target BIGINT, is_create BIGINT NOT NULL, above BIGINT NOT NULL,
      begun BIGINT NOT NULL, answer TEXT, is_seen BIGINT NOT NULL,
      PRIMARY KEY (resource, key)
    )
    """,
    "CREATE INDEX psa_write_unseen ON psa_write (resource) WHERE is_seen = 0",
    "CREATE INDEX psa_write_target ON psa_write (resource, kind, target)",
  ]
}
