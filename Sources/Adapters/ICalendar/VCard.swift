package import SyncModel
import SyncPlan

/// A contact of either side as a card (vCard 3.0, RFC 2426): what most address books read.
///
/// A contact of the PSA says what Exchange gets of it. Nothing in it comes from a clock: equal
/// contacts give equal bytes.
package struct VCard {
  package let bytes: [UInt8]

  package init(of contact: ExportedContact) {
    let card = contact.card
    var lines = CardLines()
    lines.add("BEGIN", "VCARD")
    lines.add("VERSION", "3.0")
    lines.add("PRODID", "-//Lockstep//Lockstep//EN")
    lines.add("UID", [contact.uid])
    lines.add("FN", [card.fullName])
    lines.add("N", card[.surname, .givenName, .middleName, .prefix, .suffix])
    lines.addFilled("ORG", card[.companyName])
    lines.addFilled("TITLE", card[.jobTitle])
    lines.addFilled("EMAIL;TYPE=INTERNET,PREF", card[.mail])
    lines.addFilled("EMAIL;TYPE=INTERNET", card[.mail2])
    lines.addFilled("EMAIL;TYPE=INTERNET", card[.mail3])
    lines.addFilled("TEL;TYPE=WORK,VOICE,PREF", card[.businessPhone])
    lines.addFilled("TEL;TYPE=VOICE", card[.businessPhone2])
    lines.addFilled("TEL;TYPE=CELL", card[.mobilePhone])
    lines.addFilled("TEL;TYPE=WORK,FAX", card[.businessFax])
    let place = card[.office, .street, .city, .state, .postalCode, .country]
    // The first part is a post office box.
    if place.contains(where: { !$0.isEmpty }) { lines.add("ADR;TYPE=WORK", [""] + place) }
    lines.addFilled("NOTE", card[.note])
    lines.add("REV", contact.modified.description)
    lines.add("X-LOCKSTEP-SIDE", contact.side.rawValue)
    lines.add("X-LOCKSTEP-ID", [contact.id])
    if let link = contact.link { lines.add("X-LOCKSTEP-LINK", link.description) }
    if !contact.isNoteWhole { lines.add("X-LOCKSTEP-TEXT", "not-whole") }
    lines.add("END", "VCARD")
    bytes = lines.bytes
  }
}

extension ContactCard {
  /// A card needs a name.
  fileprivate var fullName: String {
    [self[.displayName], self[.fileAs], self[.companyName], self[.mail]].first { !$0.isEmpty }
      ?? "Contact"
  }

  fileprivate subscript(_ fields: ContactField...) -> [String] { fields.map { self[$0] } }
}

/// A contact of the mirror on its way into a file of cards, with its link if it has one.
package enum ExportedContact: Hashable, Sendable {
  case exchange(ExchangeContact, link: LinkID?)
  case psa(PSAContact, link: LinkID?)
}

extension ExportedContact {
  /// Stays the same from export to export.
  fileprivate var uid: String {
    switch self {
    case .exchange: id
    case .psa: "lockstep-\(Kind.contact.rawValue)-\(id)"
    }
  }

  fileprivate var side: Side {
    switch self {
    case .exchange: .exchange
    case .psa: .psa
    }
  }

  fileprivate var id: String {
    switch self {
    case .exchange(let contact, _): contact.id.rawValue
    case .psa(let contact, _): contact.id.description
    }
  }

  fileprivate var link: LinkID? {
    switch self {
    case .exchange(_, let link), .psa(_, let link): link
    }
  }

  fileprivate var modified: Instant {
    switch self {
    case .exchange(let contact, _): contact.modified
    case .psa(let contact, _): contact.modified
    }
  }

  fileprivate var isNoteWhole: Bool {
    switch self {
    case .exchange(let contact, _): contact.isNoteWhole
    case .psa: true
    }
  }

  /// Of the PSA without the line that opens the contact there: it is no part of what was read.
  fileprivate var card: ContactCard {
    switch self {
    case .exchange(let contact, _): contact.card
    case .psa(let contact, _): ContactMapping(ContactRules()).card(of: contact)
    }
  }
}

/// Content lines, escaped, folded at 75 octets on a whole character, and ended by CRLF.
private struct CardLines {
  private(set) var bytes: [UInt8] = []

  mutating func addFilled(_ name: String, _ value: String) {
    if !value.isEmpty { add(name, [value]) }
  }

  /// Text values, set apart by semicolons.
  mutating func add(_ name: String, _ values: [String]) {
    add(name, values.map(\.escaped).joined(separator: ";"))
  }

  mutating func add(_ name: String, _ value: String) {
    var width = 0
    for scalar in (name + ":" + value).unicodeScalars {
      let octets = Array(String(scalar).utf8)
      if width + octets.count > 75 {
        bytes += [0x0D, 0x0A, 0x20]
        width = 1
      }
      bytes += octets
      width += octets.count
    }
    bytes += [0x0D, 0x0A]
  }
}

extension String {
  /// Line ends are kept as such; other control characters no card may hold.
  fileprivate var escaped: String {
    var text = ""
    for character in self {
      switch character {
      case "\\", ",", ";": text += "\\\(character)"
      case "\n", "\r", "\r\n": text += "\\n"
      default:
        text.unicodeScalars += character.unicodeScalars.filter {
          $0 == "\t" || $0.properties.generalCategory != .control
        }
      }
    }
    return text
  }
}
