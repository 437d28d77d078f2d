import Console

/// Every link of the chain, one line each.
struct DoctorView: View {
  enum Finding: String, Encodable { case good, warning, bad }

  struct Check: Encodable {
    let name: String
    let finding: Finding
    let says: String
    /// What to do about it.
    let mend: String?
  }

  let checks: [Check]

  var isHealthy: Bool { !checks.contains { $0.finding == .bad } }

  var description: String {
    let width = checks.map(\.name.count).max() ?? 0
    return checks.map { check in
      let word =
        switch check.finding {
        case .good: Terminal.coloured("ok     ", .green)
        case .warning: Terminal.coloured("warning", .yellow)
        case .bad: Terminal.coloured("FAILED ", .red)
        }
      let line = "\(word)  \(Columns.left(check.name, width))  \(check.says)"
      let indent = String(repeating: " ", count: width + 11)
      return check.mend.map { "\(line)\n\(indent)→ \($0)" } ?? line
    }
    .joined(separator: "\n")
  }
}
