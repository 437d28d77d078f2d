package import SyncModel

/// A contact of the PSA as a card (vCard 3.0, RFC 2426): what most address books read.
///
/// Nothing in it comes from a clock: equal contacts give equal bytes.
package struct VCard {
  package let bytes: [UInt8]

  package init(of contact: PSAContact, link: LinkID? = nil) {
    var card = CardLines()
    card.add("BEGIN", "VCARD")
    card.add("VERSION", "3.0")
    card.add("PRODID", "-//Lockstep//Lockstep//EN")
    card.add("UID", "lockstep-contact-\(contact.id)")
    card.add("FN", [contact.fullName])
    card.add(
      "N",
      [contact.lastName, contact.firstName, contact.middleName, contact.prefix, contact.suffix]
    )
    card.addFilled("ORG", contact.companyName)
    card.addFilled("TITLE", contact.jobTitle)
    card.addFilled("EMAIL;TYPE=INTERNET,PREF", contact.mail)
    card.addFilled("EMAIL;TYPE=INTERNET", contact.mail2)
    card.addFilled("EMAIL;TYPE=INTERNET", contact.mail3)
    card.addFilled("TEL;TYPE=WORK,VOICE,PREF", contact.phone)
    card.addFilled("TEL;TYPE=VOICE", contact.alternatePhone)
    card.addFilled("TEL;TYPE=CELL", contact.mobilePhone)
    card.addFilled("TEL;TYPE=WORK,FAX", contact.fax)
    let address = contact.address
    if !address.isBlank || !contact.room.isEmpty {
      let street = address.street.joined(separator: "\n")
      card.add(
        "ADR;TYPE=WORK",
        [
          "", contact.room, street, address.city, address.state, address.postalCode,
          address.country,
        ]
      )
    }
    card.addFilled("NOTE", contact.note)
    card.add("REV", contact.modified.description)
    card.add("X-LOCKSTEP-SIDE", Side.psa.rawValue)
    card.add("X-LOCKSTEP-ID", contact.id.description)
    if let link { card.add("X-LOCKSTEP-LINK", link.description) }
    card.add("END", "VCARD")
    bytes = card.bytes
  }
}

extension PSAContact {
  /// A card needs a name: the person's, else the company's or the address.
  fileprivate var fullName: String {
    let parts = [prefix, firstName, middleName, lastName, suffix].filter { !$0.isEmpty }
    if !parts.isEmpty { return parts.joined(separator: " ") }
    return [companyName, mail].first { !$0.isEmpty } ?? "Contact \(id)"
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
