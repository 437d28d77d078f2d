import SyncModel

/// What waits for a person, with the command that ends it.
struct HoldView: View {
  let digest: String
  let reason: String
  let items: [String]
  let mend: String
  let approved: Bool

  init(_ hold: Hold) {
    digest = hold.digest.rawValue
    reason = hold.reason
    items = hold.items
    mend = hold.mend
    approved = hold.isApproved
  }

  var description: String {
    var lines = ["Held \(digest): \(reason)"]
    lines += items.prefix(20).map { "  \($0)" }
    if items.count > 20 { lines.append("  and \(items.count - 20) more (--json lists them all)") }
    lines.append(approved ? "  Approved; the next run does it." : "  \(mend)")
    return lines.joined(separator: "\n")
  }
}
