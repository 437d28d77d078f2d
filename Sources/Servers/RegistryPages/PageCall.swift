internal import FoundationEssentials
internal import RegistryAPI
package import RegistryStore
package import SyncModel

/// A signed-in admin's request for a page, taken apart.
package struct PageCall: Sendable {
  /// Of names that come twice the last counts.
  package let query: [String: String]
  package let form: [String: [String]]
  package let session: AdminSession
  package let now: Instant

  /// - Parameters:
  ///   - query: as it stands in the address.
  ///   - form: as it stands in the body.
  package init(query: String = "", form: String = "", session: AdminSession, now: Instant) {
    self.query = pairs(query)
    self.form = PageCall.form(form)
    self.session = session
    self.now = now
  }

  /// A form's values by name, in their order.
  package static func form(_ encoded: String) -> [String: [String]] {
    Dictionary(grouping: EncodedForm.fields(encoded), by: \.name).mapValues { $0.map(\.value) }
  }

  /// A form's value without the blanks around it; blank where it was not sent.
  func value(_ name: String) -> String { (form[name]?.last ?? "").trimmed }

  func isTicked(_ name: String) -> Bool { form[name]?.last == "true" }

  /// Counted from 0; in addresses from 1.
  var page: Int { max(0, (query["page"].flatMap { Int($0) } ?? 1) - 1) }
}

/// What a browser is answered with.
package enum PageAnswer: Hashable, Sendable {
  case page(html: String, status: Int = 200)
  /// See another page of this registry, by GET.
  case redirect(to: String)
}

extension String {
  /// Blank is nothing, as templates see it.
  var unlessBlank: String? { isEmpty ? nil : self }
}

/// A path with a query; what is blank is left out.
func address(_ path: String, _ query: [(String, String)]) -> String {
  var address = URLComponents()
  address.path = path
  let items = query.filter { !$0.1.isEmpty }.map { URLQueryItem(name: $0.0, value: $0.1) }
  address.queryItems = items.isEmpty ? nil : items
  // Forms read a plus sign as a blank.
  return (address.string ?? path).replacing("+", with: "%2B")
}

/// The pairs of an encoded query; none where it cannot be read.
func pairs(_ query: String) -> [String: String] {
  Dictionary(EncodedForm.fields(query).map { ($0.name, $0.value) }) { _, last in last }
}

/// What forms send, in addresses and in bodies (`application/x-www-form-urlencoded`).
enum EncodedForm {
  /// In their order, with blanks for plus signs; none where it cannot be read.
  static func fields(_ text: String) -> [(name: String, value: String)] {
    let items = URLComponents(string: "?" + text.replacing("+", with: "%20"))?.queryItems ?? []
    return items.map { ($0.name, $0.value ?? "") }
  }
}
