package import RegistryAPI
package import SyncModel

struct NotYet: Error {}

extension RegistryStore {
  // Settings
  package func settings() async throws -> SavedSettings { throw NotYet() }
  /// Throws `.changed`, `.invalid`, or `.busy` while an attempt of the registry's own is under way.
  package func save(
    _ settings: AdminSettings,
    expecting version: Int,
    by admin: AdminName,
    now: Instant
  ) async throws -> SavedSettings { throw NotYet() }
  /// Empty forgets it.
  package func sealAccountPassword(
    _ password: String,
    by admin: AdminName,
    now: Instant
  ) async throws { throw NotYet() }
  package func hasAccountPassword() async throws -> Bool { throw NotYet() }
  package func accountPassword() async throws -> String? { throw NotYet() }
  /// An attempt that the registry itself runs (synchronization account, public folder).
  package func beginOwnAttempt(_ purpose: String, now: Instant) async throws -> Int64 {
    throw NotYet()
  }
  /// Says that it still goes on; one that is silent for 15 minutes counts as interrupted.
  package func touchOwnAttempt(_ number: Int64, now: Instant) async throws { throw NotYet() }
  package func endOwnAttempt(_ number: Int64, now: Instant) async throws { throw NotYet() }

  // Resources
  /// With `isWhole` those that are not named become inactive.
  package func keepResources(
    _ rows: [ResourceRow],
    isWhole: Bool = false,
    by admin: AdminName,
    now: Instant
  ) async throws { throw NotYet() }
  package func resources(_ filter: ResourceFilter, now: Instant) async throws -> Listed<
    ResourceStatus
  > { throw NotYet() }
  /// Throws `.notFound`.
  package func resource(_ number: ResourceID, now: Instant) async throws -> ResourceStatus {
    throw NotYet()
  }
  /// Those that were switched on just now; throws `.notFound` where one does not exist.
  package func setEnabled(
    _ numbers: [ResourceID],
    _ isEnabled: Bool,
    by admin: AdminName,
    now: Instant
  ) async throws -> [ResourceID] { throw NotYet() }
  /// Reasons of failing resources with how many have each, the most frequent first.
  package func reasons(limit: Int = 50) async throws -> [(reason: String, count: Int)] {
    throw NotYet()
  }

  // Codes and agents
  /// 16 letters of `EnrolmentCode.alphabet`, shown this once; good for 7 days unless said otherwise.
  package func makeCode(
    for resource: ResourceID,
    takeOver: Bool = false,
    by admin: AdminName,
    now: Instant,
    lifetime seconds: Int64 = 7 * 86_400
  ) async throws -> String { throw NotYet() }
  package func codes() async throws -> [CodeRow] { throw NotYet() }
  package func withdrawCode(_ number: Int64, by admin: AdminName, now: Instant) async throws {
    throw NotYet()
  }
  /// Throws `.unknownCode`, `.expired` or `.taken`.
  package func enrol(_ request: EnrolmentRequest, now: Instant) async throws -> Enrolment {
    throw NotYet()
  }
  /// Throws `.unknownToken`, `.revoked`, `.expired` or `.forbidden`.
  package func agent(token: String, now: Instant) async throws -> AgentIdentity { throw NotYet() }
  package func agents(_ page: Page = Page(), onlyLive: Bool = false) async throws -> Listed<
    AgentRow
  > { throw NotYet() }
  package func revoke(_ agent: AgentID, by admin: AdminName, now: Instant) async throws {
    throw NotYet()
  }

  // Profiles and policy
  package func profile(of resource: ResourceID) async throws -> ProfileDocument { throw NotYet() }
  /// Throws `.changed`, `.invalid` or `.notFound`.
  ///
  /// Nil for `admin`: the person, through the agent.
  package func setProfile(
    of resource: ResourceID,
    to choices: [String: String],
    expecting version: Int,
    by admin: AdminName?,
    now: Instant
  ) async throws -> ProfileDocument { throw NotYet() }
  package func agentPolicy(for resource: ResourceID, now: Instant) async throws -> AgentPolicy {
    throw NotYet()
  }

  // Attempts and holds
  package func keep(_ batch: AttemptBatch, of agent: AgentIdentity, now: Instant) async throws
    -> AttemptReceipt
  { throw NotYet() }
  package func attempts(_ filter: AttemptFilter = AttemptFilter(), page: Page = Page()) async throws
    -> Listed<AttemptRow>
  { throw NotYet() }
  package func attempt(_ run: RunID, of agent: AgentID) async throws -> AttemptRow {
    throw NotYet()
  }
  /// The worst outcome of each of the last hours, the oldest first; nil where there was none.
  package func strip(
    _ resources: [ResourceID],
    hours: Int = 24,
    now: Instant
  ) async throws -> [ResourceID: [Outcome?]] { throw NotYet() }
  /// How many went.
  @discardableResult
  package func dropAttempts(before: Instant) async throws -> Int { throw NotYet() }
  package func holds(of resource: ResourceID? = nil) async throws -> [HoldRow] { throw NotYet() }
  /// Throws `.notFound` if no such hold waits.
  package func approve(
    _ digest: PlanDigest,
    of resource: ResourceID,
    by admin: AdminName,
    now: Instant
  ) async throws { throw NotYet() }

  // Admins
  package func hasAdmins() async throws -> Bool { throw NotYet() }
  /// Throws `.invalid`; an admin of that name gets the new password, and its sessions end.
  package func makeAdmin(_ name: AdminName, password: String, by admin: AdminName, now: Instant)
    async throws
  { throw NotYet() }
  /// Gives the session's token; throws `.unknownToken`, or `.tooMany` after five failures.
  package func signIn(_ name: AdminName, password: String, now: Instant) async throws -> String {
    throw NotYet()
  }
  /// Throws `.unknownToken` or `.expired` (12 hours, or 30 minutes without a call).
  package func session(token: String, now: Instant) async throws -> AdminSession { throw NotYet() }
  package func signOut(token: String) async throws { throw NotYet() }
  package func makeToken(_ name: String, by admin: AdminName, now: Instant) async throws -> String {
    throw NotYet()
  }
  /// Throws `.unknownToken`, `.revoked` or `.forbidden`.
  package func admin(token: String, now: Instant) async throws -> AdminName { throw NotYet() }
  package func tokens() async throws -> [AdminTokenRow] { throw NotYet() }
  package func revokeToken(_ number: Int64, by admin: AdminName, now: Instant) async throws {
    throw NotYet()
  }
  /// The newest first.
  package func audit(_ page: Page = Page()) async throws -> Listed<AuditRow> { throw NotYet() }

  // Mails and leases
  package func queue(_ mails: [OutgoingMail], now: Instant) async throws { throw NotYet() }
  /// Takes mails that are due; nobody else gets them for the next ten minutes.
  package func dueMails(limit: Int = 20, now: Instant) async throws -> [QueuedMail] {
    throw NotYet()
  }
  package func markSent(_ number: Int64, now: Instant) async throws { throw NotYet() }
  /// Due again after a pause that grows, up to six hours.
  package func markFailed(_ number: Int64, _ words: String, now: Instant) async throws {
    throw NotYet()
  }
  /// When a mail of the group was sent last.
  package func lastSent(group: String) async throws -> Instant? { throw NotYet() }
  /// True while `holder` has it: it was free, had run out, or was the holder's already.
  package func lease(_ name: String, holder: String, seconds: Int64, now: Instant) async throws
    -> Bool
  { throw NotYet() }
  package func releaseLease(_ name: String, holder: String) async throws { throw NotYet() }

  // The whole
  /// SQLite only; of PostgreSQL `pg_dump` makes copies.
  package func backup(to path: String) async throws { throw NotYet() }
  package func ping() async throws { throw NotYet() }
  package func counts(now: Instant) async throws -> RegistryCounts { throw NotYet() }
}
