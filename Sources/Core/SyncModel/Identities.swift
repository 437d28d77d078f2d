/// An identity that is text: compared byte by byte, never mixed with another one.
package protocol TextIdentity: RawRepresentable<String>, Hashable, Sendable, Codable,
  CustomStringConvertible
{
  init(rawValue: String)
}

extension TextIdentity {
  package init(_ text: String) { self.init(rawValue: text) }
  package var description: String { rawValue }
}

/// An identity that is a number.
package protocol NumberIdentity: RawRepresentable<Int64>, Hashable, Comparable, Sendable, Codable,
  CustomStringConvertible
{
  init(rawValue: Int64)
}

extension NumberIdentity {
  package init(_ number: Int64) { self.init(rawValue: number) }
  package var description: String { String(rawValue) }
  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The two systems kept in step.
package enum Side: String, Hashable, Sendable, Codable, CaseIterable { case exchange, psa }

/// What an item is in the PSA (`rules.md` 1).
package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
  case appointment, serviceCall = "service-call", toDo = "to-do", contact
}

/// The identity Exchange gives an item; it changes on move, copy and restore (`ews.md` 2.1).
package struct ExchangeItemID: TextIdentity {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// The version Exchange gives an item; anything that touches the item changes it.
package struct ChangeKey: TextIdentity {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// The identity Exchange gives a folder.
package struct FolderID: TextIdentity {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// The mailbox that an agent serves: its primary address in lower case.
package struct MailboxID: TextIdentity {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// How far SyncFolderItems was read: opaque, possibly megabytes.
package struct SyncState: TextIdentity {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// The CleanGlobalObjectId of an item, as upper-case hexadecimal digits (`ews.md` 3.6).
package struct CleanUID: TextIdentity {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// The number of an entity in the PSA, unique for its kind only.
package struct PSAID: NumberIdentity {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A person in the PSA.
package struct ResourceID: NumberIdentity {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The PSA tenant: `ci` of the zone information.
package struct TenantID: NumberIdentity {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A link between the two sides: local, never reused.
package struct LinkID: NumberIdentity {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A run of one agent; numbers only grow, over cache losses too (folder mark, `rules.md` 7).
package struct RunID: NumberIdentity {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The random name of an agent's installation, kept beside its settings.
package struct AgentID: TextIdentity {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A digest that a person sees and gives back to approve what is held.
package struct PlanDigest: TextIdentity {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// One item on one side; an occurrence also has its original date in the series' zone.
package struct ItemKey: Hashable, Sendable, Codable {
  package let side: Side
  package let kind: Kind
  package let id: String
  package let originalDate: LocalDate?

  package init(side: Side, kind: Kind, id: String, originalDate: LocalDate? = nil) {
    self.side = side
    self.kind = kind
    self.id = id
    self.originalDate = originalDate
  }
}

extension ItemKey: CustomStringConvertible {
  package var description: String {
    let date = originalDate.map { "@\($0)" } ?? ""
    return "\(side.rawValue):\(kind.rawValue):\(id)\(date)"
  }
}
