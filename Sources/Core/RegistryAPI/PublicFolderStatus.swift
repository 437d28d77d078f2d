package import SyncModel

/// Lets what waits under a digest be taken out of the public folder.
package struct PublicFolderApproval: Hashable, Sendable, Codable {
  package var digest: PlanDigest

  package init(_ digest: PlanDigest) { self.digest = digest }
}

/// How the public folder of all contacts stands, for admins.
package struct PublicFolderStatus: Hashable, Sendable, Codable {
  package var isWanted: Bool
  package var contacts: Int
  package var written: Int
  /// Somebody took them out of the folder.
  package var suppressed: Int
  package var lookedAt: WireTime?
  package var complaint: String?
  /// So many wait to be taken out, until an admin approves the digest.
  package var held: Int
  package var digest: PlanDigest?
  /// An admin has approved it; the next look carries it out.
  package var isApproved: Bool

  package init(isWanted: Bool) {
    self.isWanted = isWanted
    (contacts, written, suppressed, held) = (0, 0, 0, 0)
    isApproved = false
  }
}
