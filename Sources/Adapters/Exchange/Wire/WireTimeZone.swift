internal import XML

/// A zone as it stands on an item: its id, and perhaps its whole definition (`ews.md` 3.3).
struct WireTimeZone: Sendable, Hashable {
  var id = ""
  /// Biases such as `-PT1H`, positive to the west, by the periods' ids.
  private(set) var periods: [String: String] = [:]
  /// What happens in the years of a group, by the groups' ids.
  private(set) var groups: [String: [WireTransition]] = [:]
  /// From when on which group or period counts.
  private(set) var transitions: [WireTransition] = []

  private var group: String?

  init(id: String = "") { self.id = id }

  /// `path` is what is open below the zone's own element.
  mutating func start(_ word: Word, _ element: WireElement, in path: ArraySlice<Word>) {
    switch (word, path.last) {
    case (.period, .periods):
      periods[element.attributes["Id"] ?? ""] = element.attributes["Bias"]
    case (.transitionsGroup, .transitionsGroups):
      group = element.attributes["Id"] ?? ""
      groups[element.attributes["Id"] ?? ""] = []
    case (_, .transitionsGroup):
      if let group { groups[group]?.append(WireTransition(kind: word)) }
    case (_, .transitions):
      transitions.append(WireTransition(kind: word))
    case (.to, _):
      let isGroup = element.attributes["Kind"] == "Group"
      changeLast(path) { $0.isToGroup = isGroup }
    default: break
    }
  }

  mutating func end(_ word: Word, _ text: WireText, in path: ArraySlice<Word>) {
    switch word {
    case .to: changeLast(path) { $0.target = text.token }
    case .dateTime: changeLast(path) { $0.date = text.token }
    case .timeOffset: changeLast(path) { $0.timeOffset = text.token }
    case .month: changeLast(path) { $0.month = text.number }
    case .day: changeLast(path) { $0.day = text.number }
    case .dayOfWeek: changeLast(path) { $0.dayOfWeek = text.token }
    case .occurrence: changeLast(path) { $0.occurrence = text.number }
    default: break
    }
  }

  /// The transition that is being read; `path` ends with it.
  private mutating func changeLast(
    _ path: ArraySlice<Word>,
    _ change: (inout WireTransition) -> Void
  ) {
    switch path.dropLast().last {
    case .transitionsGroup:
      guard let group, let count = groups[group]?.count, count > 0 else { return }
      change(&groups[group, default: []][count - 1])
    case .transitions:
      guard !transitions.isEmpty else { return }
      change(&transitions[transitions.count - 1])
    default: break
    }
  }
}

/// A change of clocks, or of the rules for them.
struct WireTransition: Sendable, Hashable {
  let kind: Word
  /// The id of a period or of a group.
  var target = ""
  var isToGroup = false
  var date: String?
  /// After midnight, by the clock before the change.
  var timeOffset: String?
  var month: Int?
  var day: Int?
  var dayOfWeek: String?
  /// 1 to 4, or -1 for the last.
  var occurrence: Int?
}
