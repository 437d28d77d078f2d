internal import GRDB

/// The tables of the cache, as a list of migrations that only grows.
///
/// A migration that was released is never edited: a new one is added below it, and `version` goes
/// up with it. Whole days stand in `starts` and `ends` as if they were midnights in UTC, beside
/// `is_all_day`; fingerprints are blobs of 16 bytes; lists are JSON, empty ones NULL.
enum Schema {
  /// `PRAGMA user_version` after the last migration.
  static let version = 6
  /// `LKST`: what `file` says of the cache.
  static let application = 0x4C4B_5354

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 links, mirror, journal, runs") { db in
      try db.execute(sql: first)
    }
    migrator.registerMigration("2 contacts") { db in
      try db.execute(sql: contacts)
    }
    migrator.registerMigration("3 registry") { db in
      try db.execute(sql: registry)
    }
    migrator.registerMigration("4 dates without their series") { db in
      try db.execute(sql: orphans)
    }
    migrator.registerMigration("5 the gateway's view") { db in
      try db.execute(sql: replica)
    }
    migrator.registerMigration("6 pins") { db in
      try db.execute(sql: pins)
    }
    return migrator
  }

  private static func prints(_ prefix: String, nullable: Bool = false) -> String {
    ColumnNames.prints(prefix).names.map { name in
      "\(name) BLOB\(nullable ? "" : " NOT NULL") CHECK (length(\(name)) = 16)"
    }.joined(separator: ",\n  ")
  }

  private static func values(_ prefix: String) -> String {
    """
    \(prefix)_is_all_day INTEGER, \(prefix)_starts INTEGER, \(prefix)_ends INTEGER,
      \(prefix)_when_zone TEXT, \(prefix)_zone TEXT,
      \(prefix)_title TEXT, \(prefix)_text TEXT, \(prefix)_place TEXT
    """
  }

  private static let pins = """
    PRAGMA user_version = 6;

    -- What both sides held when a person had something taken back or kept; `is_pinned` says whether.
    ALTER TABLE link ADD COLUMN pin TEXT;
    """

  private static let replica = """
    PRAGMA user_version = 5;

    -- What the gateway to the PSA told, as it told it.
    -- `told`: the reading in which a row was another one than before; `is_stale`: everything is being
    -- told again, and this was not yet.
    CREATE TABLE replica_item (
      kind TEXT NOT NULL, id INTEGER NOT NULL, ends INTEGER NOT NULL, modified INTEGER NOT NULL,
      item TEXT NOT NULL, told INTEGER NOT NULL, is_stale INTEGER NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT;
    CREATE INDEX replica_item_modified ON replica_item (kind, modified);
    CREATE INDEX replica_item_told ON replica_item (kind, told);
    CREATE TABLE replica_relation (
      part TEXT NOT NULL, id INTEGER NOT NULL, parent INTEGER, is_stale INTEGER NOT NULL,
      PRIMARY KEY (part, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE replica_contact (
      id INTEGER NOT NULL PRIMARY KEY, modified INTEGER NOT NULL,
      contact TEXT NOT NULL, told INTEGER NOT NULL, is_stale INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE replica_position (
      number INTEGER NOT NULL PRIMARY KEY CHECK (number = 1),
      position TEXT NOT NULL
    ) STRICT;
    """

  private static let orphans = """
    PRAGMA user_version = 4;

    -- Of a date that stands in the calendar without its series: when its pattern had it.
    ALTER TABLE mirror_exchange ADD COLUMN original_start INTEGER;
    """

  private static let registry = """
    PRAGMA user_version = 3;

    -- The version of the policy that the run began with.
    ALTER TABLE run ADD COLUMN policy INTEGER;
    -- Written before there was a registry that could read them.
    DELETE FROM outbox;
    """

  private static let contacts = """
    PRAGMA user_version = 2;

    -- A fingerprint of 16 bytes for each field of a contact, one after another.
    ALTER TABLE link ADD COLUMN card_sent BLOB;
    ALTER TABLE link ADD COLUMN card_returned BLOB;

    -- Of contacts that people made only id and version.
    CREATE TABLE mirror_exchange_contact (
      id TEXT NOT NULL PRIMARY KEY, change_key TEXT NOT NULL,
      name TEXT, contact TEXT, unread TEXT
    ) STRICT;
    CREATE TABLE mirror_psa_contact (
      id INTEGER NOT NULL PRIMARY KEY,
      name TEXT NOT NULL, contact TEXT NOT NULL
    ) STRICT;
    CREATE TABLE contact_position (
      number INTEGER NOT NULL PRIMARY KEY CHECK (number = 1),
      positions TEXT NOT NULL
    ) STRICT;
    """

  private static let first = """
    PRAGMA application_id = \(application);
    PRAGMA user_version = 1;

    -- Numbers that are given once, whatever is deleted.
    CREATE TABLE counter (
      name TEXT NOT NULL PRIMARY KEY,
      next INTEGER NOT NULL CHECK (next >= 1)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO counter (name, next) VALUES ('link', 1), ('run', 1);

    CREATE TABLE link (
      id INTEGER NOT NULL PRIMARY KEY,
      kind TEXT NOT NULL, tenant INTEGER NOT NULL, resource INTEGER NOT NULL,
      mailbox TEXT NOT NULL, origin TEXT NOT NULL, state TEXT NOT NULL,
      reason TEXT, state_run INTEGER, is_pinned INTEGER NOT NULL,
      folder TEXT, item TEXT, clean_uid TEXT, original_date INTEGER, series_zone TEXT,
      copy INTEGER,
      psa_id INTEGER, psa_parent INTEGER, stamp TEXT, reference TEXT,
      change_key TEXT, exchange_modified INTEGER, psa_modified INTEGER,
      psa_sequence INTEGER NOT NULL, epoch INTEGER NOT NULL,
      base_starts INTEGER, base_ends INTEGER,
      base_first INTEGER, base_after_last INTEGER, base_zone TEXT,
      \(prints("source", nullable: true)),
      \(prints("sent", nullable: true)),
      \(prints("returned", nullable: true)),
      mask TEXT NOT NULL, rules_version INTEGER NOT NULL,
      reassertions INTEGER, reasserted_since INTEGER, refusals TEXT,
      CHECK ((item IS NULL) = (folder IS NULL) AND (item IS NULL) = (copy IS NULL))
    ) STRICT;
    -- No NULL in a key: SQLite holds two of them for different.
    CREATE UNIQUE INDEX link_psa ON link (kind, psa_id) WHERE psa_id IS NOT NULL;
    CREATE UNIQUE INDEX link_item ON link (item, ifnull(original_date, 'item'))
      WHERE item IS NOT NULL;
    -- Candidates among which a person has to choose share one UID.
    CREATE UNIQUE INDEX link_uid ON link (clean_uid, ifnull(original_date, 'item'), copy)
      WHERE clean_uid IS NOT NULL AND state <> 'held';

    CREATE TABLE mirror_exchange (
      number INTEGER NOT NULL PRIMARY KEY,
      id TEXT NOT NULL UNIQUE, change_key TEXT NOT NULL, folder TEXT NOT NULL, role TEXT NOT NULL,
      master TEXT,
      uid_print BLOB CHECK (length(uid_print) = 16),
      is_all_day INTEGER NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL, zone TEXT,
      modified INTEGER NOT NULL,
      \(prints("own")),
      \(prints("projected")),
      sensitivity TEXT NOT NULL, show_as TEXT NOT NULL, has_attendees INTEGER NOT NULL,
      is_cancelled INTEGER NOT NULL, response TEXT NOT NULL,
      stamp TEXT, is_stamp_own INTEGER NOT NULL, reference TEXT NOT NULL,
      is_text_whole INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX mirror_exchange_starts ON mirror_exchange (starts);
    CREATE INDEX mirror_exchange_master ON mirror_exchange (master) WHERE master IS NOT NULL;
    -- What only export and writing need, apart so that facts are read without it.
    CREATE TABLE mirror_exchange_item (
      number INTEGER NOT NULL PRIMARY KEY
        REFERENCES mirror_exchange (number) ON DELETE CASCADE,
      item_class TEXT NOT NULL, uid TEXT, clean_uid TEXT, windows_zone TEXT,
      title TEXT NOT NULL, text TEXT NOT NULL, place TEXT NOT NULL,
      is_meeting INTEGER NOT NULL, organizer_name TEXT, organizer_address TEXT,
      attendees TEXT, categories TEXT, reminder_minutes INTEGER,
      created INTEGER NOT NULL, stamp_text TEXT,
      rhythm TEXT, rhythm_interval INTEGER, rhythm_days TEXT, rhythm_week_starts INTEGER,
      rhythm_day INTEGER, rhythm_week TEXT, rhythm_month INTEGER,
      first_day INTEGER, last_day INTEGER, occurrences INTEGER,
      exceptions TEXT, deleted_occurrences TEXT, original_start INTEGER
    ) STRICT;

    CREATE TABLE mirror_psa (
      number INTEGER NOT NULL PRIMARY KEY,
      kind TEXT NOT NULL, id INTEGER NOT NULL, parent INTEGER,
      starts INTEGER NOT NULL, ends INTEGER NOT NULL,
      created INTEGER NOT NULL, modified INTEGER NOT NULL,
      \(prints("own")),
      \(prints("projected")),
      reference TEXT, is_cancelled INTEGER NOT NULL,
      UNIQUE (kind, id)
    ) STRICT;
    CREATE INDEX mirror_psa_starts ON mirror_psa (starts);
    CREATE TABLE mirror_psa_item (
      number INTEGER NOT NULL PRIMARY KEY REFERENCES mirror_psa (number) ON DELETE CASCADE,
      resource INTEGER NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
      creator INTEGER, place TEXT NOT NULL, is_complete INTEGER NOT NULL, related TEXT, about TEXT
    ) STRICT;
    -- Rows that put the resource on service calls; `call` is NULL where what lies between is gone.
    CREATE TABLE assignment (
      source TEXT NOT NULL, row INTEGER NOT NULL, call INTEGER,
      PRIMARY KEY (source, row)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE coverage (
      number INTEGER NOT NULL PRIMARY KEY,
      run INTEGER NOT NULL, side TEXT NOT NULL, kind TEXT NOT NULL, mailbox TEXT NOT NULL,
      folder TEXT, ending_from INTEGER, first_id INTEGER, last_id INTEGER,
      settings TEXT NOT NULL, epoch INTEGER NOT NULL, view_sequence INTEGER NOT NULL,
      began INTEGER NOT NULL, ended INTEGER NOT NULL,
      is_complete INTEGER NOT NULL, count INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX coverage_run ON coverage (run);

    CREATE TABLE journal (
      run INTEGER NOT NULL, sequence INTEGER NOT NULL, link INTEGER NOT NULL,
      kind TEXT NOT NULL, side TEXT NOT NULL, verb TEXT NOT NULL, groups TEXT NOT NULL,
      target TEXT, parent INTEGER, expected_version TEXT,
      \(values("wanted")),
      idempotency_key TEXT, highest_before INTEGER,
      has_before INTEGER NOT NULL,
      \(values("before")),
      before_mask TEXT NOT NULL, proof_ground TEXT, proof_evidence TEXT, reason TEXT NOT NULL,
      status TEXT NOT NULL, result_id TEXT, result_version TEXT, note TEXT,
      PRIMARY KEY (run, sequence)
    ) STRICT;
    CREATE INDEX journal_unsettled ON journal (run, sequence)
      WHERE status IN ('intended', 'sent');

    CREATE TABLE position (
      number INTEGER NOT NULL PRIMARY KEY CHECK (number = 1),
      tenant INTEGER, resource INTEGER, mailbox TEXT, folder TEXT,
      exchange_is_whole INTEGER NOT NULL, enumerations_owed INTEGER NOT NULL,
      confirmed_mark INTEGER, announced_mark INTEGER, epoch INTEGER NOT NULL,
      personal_zone TEXT, zone_read_at INTEGER,
      settings TEXT, is_beside_another_tool INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE psa_position (
      kind TEXT NOT NULL PRIMARY KEY,
      watermark INTEGER, ending_from INTEGER, listed_at INTEGER, highest INTEGER
    ) STRICT, WITHOUT ROWID;
    -- Possibly megabytes: apart, and written only when it moved.
    CREATE TABLE sync_state (
      number INTEGER NOT NULL PRIMARY KEY CHECK (number = 1),
      state TEXT
    ) STRICT;

    CREATE TABLE run (
      run INTEGER NOT NULL PRIMARY KEY,
      purpose TEXT NOT NULL, outcome TEXT NOT NULL,
      exchange_created INTEGER NOT NULL, exchange_updated INTEGER NOT NULL,
      exchange_deleted INTEGER NOT NULL, exchange_held INTEGER NOT NULL,
      exchange_requests INTEGER NOT NULL,
      psa_created INTEGER NOT NULL, psa_updated INTEGER NOT NULL, psa_deleted INTEGER NOT NULL,
      psa_held INTEGER NOT NULL, psa_requests INTEGER NOT NULL,
      failed_items INTEGER NOT NULL, notes TEXT,
      started INTEGER NOT NULL, finished INTEGER, settings TEXT NOT NULL
    ) STRICT;

    CREATE TABLE hold (
      digest TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL,
      reason TEXT NOT NULL, mend TEXT NOT NULL, needs_approval INTEGER NOT NULL,
      is_approved INTEGER NOT NULL
    ) STRICT;
    -- A row each, for there may be ten thousand.
    CREATE TABLE held_item (
      digest TEXT NOT NULL REFERENCES hold (digest) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      verb TEXT NOT NULL, side TEXT, kind TEXT NOT NULL,
      link INTEGER, item TEXT, original_date INTEGER, psa_id INTEGER, words TEXT,
      PRIMARY KEY (digest, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE to_check (
      side TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, original_date INTEGER,
      since INTEGER NOT NULL, tried INTEGER NOT NULL, reason TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX to_check_key ON to_check (side, kind, id, ifnull(original_date, 'item'));

    -- Reports that wait for the registry.
    CREATE TABLE outbox (
      run INTEGER NOT NULL PRIMARY KEY,
      payload TEXT NOT NULL
    ) STRICT;
    """
}
