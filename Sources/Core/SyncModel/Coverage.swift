/// What was read to its end, and under what: the ground on which absence can be believed.
package struct Coverage: Hashable, Sendable, Codable {
  package let run: RunID
  package let side: Side
  package let kind: Kind
  package let mailbox: MailboxID
  package let folder: FolderID?
  /// The PSA filter: items ending at this instant or later; nil where everything was read.
  package let endingFrom: Instant?
  package let ids: ClosedRange<PSAID>?
  package let settings: String
  package let epoch: Int
  package let viewSequence: Int64
  package let began: Instant
  package let ended: Instant
  /// Read to the end, with nothing unread in between and the counts equal.
  package let isComplete: Bool
  package let count: Int

  package init(
    run: RunID,
    side: Side,
    kind: Kind,
    mailbox: MailboxID,
    folder: FolderID?,
    endingFrom: Instant?,
    ids: ClosedRange<PSAID>?,
    settings: String,
    epoch: Int,
    viewSequence: Int64 = 0,
    began: Instant,
    ended: Instant,
    isComplete: Bool,
    count: Int
  ) {
    self.run = run
    self.side = side
    self.kind = kind
    self.mailbox = mailbox
    self.folder = folder
    self.endingFrom = endingFrom
    self.ids = ids
    self.settings = settings
    self.epoch = epoch
    self.viewSequence = viewSequence
    self.began = began
    self.ended = ended
    self.isComplete = isComplete
    self.count = count
  }
}
