/// The named property on each Exchange item that Lockstep creates (`rules.md` 7).
///
/// On the wire: `lockstep1;<kind>;<id>;<tenant>;<digest>`, the digest covering kind, id, tenant,
/// resource and the UID that Lockstep chose, so that a copy with a UID of its own gives itself away.
/// Contacts have no UID, and their stamps no digest.
package struct Stamp: Hashable, Sendable, Codable {
  package let kind: Kind
  package let id: PSAID
  package let tenant: TenantID
  /// Nil for a contact.
  package let digest: Fingerprint?

  private static let version = "lockstep1"

  package init(
    kind: Kind,
    id: PSAID,
    tenant: TenantID,
    resource: ResourceID,
    uid: String,
    _ fingerprinter: Fingerprinter
  ) {
    self.kind = kind
    self.id = id
    self.tenant = tenant
    digest =
      kind == .contact ? nil : Stamp.digest(kind, id, tenant, resource, uid, fingerprinter)
  }

  /// The stamp of a contact.
  package init(contact id: PSAID, tenant: TenantID) {
    kind = .contact
    self.id = id
    self.tenant = tenant
    digest = nil
  }

  /// Nil for text that is no stamp of this version.
  package init?(_ text: String) {
    let parts = text.split(separator: ";", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0] == Stamp.version, let kind = Kind(rawValue: String(parts[1])),
      let id = Int64(parts[2]), let tenant = Int64(parts[3])
    else { return nil }
    self.kind = kind
    self.id = PSAID(id)
    self.tenant = TenantID(tenant)
    if kind == .contact {
      digest = nil
    } else {
      guard parts.count == 5, parts[4].utf8.count == 32,
        let high = UInt64(parts[4].prefix(16), radix: 16),
        let low = UInt64(parts[4].suffix(16), radix: 16)
      else { return nil }
      digest = Fingerprint(high: high, low: low)
    }
    // Swift reads a sign and capital digits too, which no stamp was ever written with.
    guard description.utf8.elementsEqual(text.utf8) else { return nil }
  }

  /// True when the stamp was made for an item with this UID and resource, false on a copy.
  package func belongs(
    to resource: ResourceID,
    uid: String?,
    _ fingerprinter: Fingerprinter
  ) -> Bool {
    guard let uid, let digest else { return false }
    return digest == Stamp.digest(kind, id, tenant, resource, uid, fingerprinter)
  }

  private static func digest(
    _ kind: Kind,
    _ id: PSAID,
    _ tenant: TenantID,
    _ resource: ResourceID,
    _ uid: String,
    _ fingerprinter: Fingerprinter
  ) -> Fingerprint {
    let sum = fingerprinter.digest(
      ofParts: [kind.rawValue, id.description, tenant.description, resource.description, uid]
    )
    return Fingerprint(
      high: sum[0..<8].reduce(0) { $0 << 8 | UInt64($1) },
      low: sum[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
    )
  }
}

extension Stamp: CustomStringConvertible {
  package var description: String {
    let head = "\(Stamp.version);\(kind.rawValue);\(id);\(tenant)"
    return head + (digest.map { ";\($0)" } ?? "")
  }

  /// What all stamps of one item of a calendar begin with.
  package static func beginning(kind: Kind, id: PSAID, tenant: TenantID) -> String {
    "\(Stamp.version);\(kind.rawValue);\(id);\(tenant);"
  }
}
