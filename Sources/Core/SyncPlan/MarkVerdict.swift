package import SyncModel

/// What the cache expects of the folder mark.
package struct MarkExpectation: Hashable, Sendable {
  package let tenant: TenantID
  package let resource: ResourceID
  package let agent: AgentID
  package let mailbox: MailboxID
  package let folder: FolderID
  /// What the cache knows; nil fields where it is new.
  package let known: Positions

  package init(
    tenant: TenantID,
    resource: ResourceID,
    agent: AgentID,
    mailbox: MailboxID,
    folder: FolderID,
    known: Positions
  ) {
    self.tenant = tenant
    self.resource = resource
    self.agent = agent
    self.mailbox = mailbox
    self.folder = folder
    self.known = known
  }
}

/// What the folder mark says about this run (`rules.md` 7 and 8).
package enum MarkVerdict: Hashable, Sendable {
  /// No mark and an empty cache.
  case firstRun
  case asExpected
  /// Our mark is there, the base rows are not: everything unproven is unmatched.
  case cacheLost(number: RunID)
  /// The mark is newer than every one that this cache announced: it is an older copy.
  case cacheRestored(number: RunID)
  /// The mark is older than the last confirmed one, or under another id: the mailbox is older.
  case mailboxRestored
  /// The known folder has lost its mark: no creates, no deletes until `adopt`.
  case markMissing
  /// Another mailbox or folder than the cache knows, without a mark: only `adopt` goes on.
  case strangeFolder
  /// Nothing is written; the text says why and what to do.
  case stop(String)
}

extension MarkVerdict {
  /// What is said of a strange folder.
  package static let strangeFolderWords =
    "The calendar folder is not the one that this agent knows, and it bears no mark."
}

/// Reads the mark against what the cache knows.
package func verdict(on mark: FolderMark?, expecting: MarkExpectation) -> MarkVerdict {
  let known = expecting.known
  if let tenant = known.tenant, tenant != expecting.tenant {
    return .stop(
      "The PSA answers as tenant \(expecting.tenant), this cache belongs to tenant \(tenant). "
        + "Use another profile for another tenant."
    )
  }
  if let resource = known.resource, resource != expecting.resource {
    return .stop(
      "The settings name resource \(expecting.resource), this cache belongs to resource "
        + "\(resource). Use another profile for another resource."
    )
  }
  let isKnownFolder = known.folder == expecting.folder && known.mailbox == expecting.mailbox
  guard let mark else {
    if known.folder == nil { return .firstRun }
    if isKnownFolder { return known.confirmedMark == nil ? .firstRun : .markMissing }
    return .strangeFolder
  }
  if mark.tenant != expecting.tenant || mark.resource != expecting.resource {
    return .stop(
      "This calendar is kept in step with resource \(mark.resource) of tenant \(mark.tenant) "
        + "by an agent on \(mark.machine). Nothing was written."
    )
  }
  if mark.agent != expecting.agent {
    return .stop(
      "Another agent keeps this calendar in step: it runs on \(mark.machine). "
        + "Stop it there, or take over with 'lockstep init --settings FILE --take-over'."
    )
  }
  // What was announced may have reached the folder though its answer was lost.
  let isAnnounced = mark.run == known.announcedMark
  guard let confirmed = known.confirmedMark else {
    return isKnownFolder && isAnnounced ? .asExpected : .cacheLost(number: mark.run)
  }
  if !isKnownFolder || mark.run < confirmed { return .mailboxRestored }
  return mark.run == confirmed || isAnnounced ? .asExpected : .cacheRestored(number: mark.run)
}
