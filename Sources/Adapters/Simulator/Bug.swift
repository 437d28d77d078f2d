import SyncModel

/// A bug on purpose, one for each promise: it shows that the promise can be seen to fail.
///
/// All of them live in what stands around the engine: a world, a cache or a port that does
/// something else than it says.
package enum Bug: String, Hashable, Sendable, CaseIterable {
  /// The PSA says that it made an appointment, and did not.
  case loss = "I1"
  /// A create is sent again when its answer is lost.
  case double = "I2"
  /// A delete takes another item with it.
  case unprovenDelete = "I3"
  /// The cache forgets what was left alone.
  case resurrection = "I4"
  /// The cache forgets what was sent of a title.
  case unrest = "I5"
  /// A time for the PSA carries the title with it.
  case wrongWay = "I6"
  /// Exchange says of everything that it is public.
  case leak = "I7"
  /// An update mails the attendees.
  case mail = "I8"
  /// A time for Exchange carries a zone with it.
  case wrongZone = "I9"
  /// To-dos are counted, wanted or not.
  case waste = "I10"
  /// A killed run leaves the registry without a word.
  case silence = "I11"
  /// What stood there before a write is not kept.
  case noWayBack = "I12"
  /// A copy bears the identity of its original.
  case copies = "I13"
  /// A failure repeats the password.
  case loudSecret = "I14"

  /// The promise of `promises.md` that it breaks.
  package var promise: String { rawValue }
}
