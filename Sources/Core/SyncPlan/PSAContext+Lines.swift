import SyncModel

/// What an item of the PSA is about, as a person reads it in Exchange (`rules.md` 10).
extension PSAContext {
  /// In the order of the rules, blank parts left out.
  func lines(with kind: Kind) -> [String] {
    guard kind != .appointment else { return [] }
    var lines: [String] = []
    func add(_ label: String, _ text: String) {
      let text = text.onOneLine
      if !text.isEmpty { lines.append("\(label): \(text)") }
    }
    add("Organization", company)
    add("Contact", contact.map { joined([$0.name, $0.phone, $0.mail]) } ?? "")
    add("Location", location?.line ?? "")
    for ticket in tickets { add("Ticket", ticket.line) }
    for task in tasks { add("Task", task.line) }
    add("Opportunity", opportunity)
    add("Contract", contract)
    add("Status", status)
    add("Other resources", joined(others))
    return lines
  }
}

extension PSALocation {
  /// Its name and its address.
  var line: String {
    let city = [address.postalCode, address.city].filter { !$0.isEmpty }.joined(separator: " ")
    return joined([name] + address.street + [city, address.state, address.country])
  }
}

extension PSAWork {
  fileprivate var line: String {
    [number, title].filter { !$0.isEmpty }.joined(separator: " - ")
  }
}

extension PSAItem {
  /// The title, or for kinds that have none what stands in its place.
  var caption: String {
    let company = about?.company ?? ""
    let parts =
      switch kind {
      case .appointment, .contact: [title]
      case .toDo: [about?.actionType ?? "", company]
      case .serviceCall: ["Service call", company]
      }
    return parts.filter { !$0.isEmpty }.joined(separator: ": ")
  }
}

private func joined(_ parts: [String]) -> String {
  parts.filter { !$0.isEmpty }.joined(separator: ", ")
}
