import ArgumentParser
import World

/// What `edit` can do in Exchange alone: series, single dates of them, privacy, free time, answers,
/// copies.
struct CalendarOptions: ParsableArguments {
  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp(
      "With --create or --move: how often, such as \"weekly MO,WE until 2026-12-31\".",
      valueName: "repetition"
    )
  )
  var repetition: String?

  @Flag(help: "With --create: whole days.")
  var allDay = false

  @Option(
    help: ArgumentHelp(
      "The change is to this date of the series alone; its date by the pattern counts.",
      valueName: "date"
    )
  )
  var occurrence: String?

  @Option(name: .customLong("private"), help: ArgumentHelp("Make it private.", valueName: "id"))
  var privateID: String?

  @Option(name: .customLong("public"), help: ArgumentHelp("Private no more.", valueName: "id"))
  var publicID: String?

  @Option(help: ArgumentHelp("Show it as free.", valueName: "id"))
  var free: String?

  @Option(help: ArgumentHelp("Show it as busy.", valueName: "id"))
  var busy: String?

  @Option(help: ArgumentHelp("Its organizer calls it off.", valueName: "id"))
  var cancel: String?

  @Option(help: ArgumentHelp("Decline it.", valueName: "id"))
  var decline: String?

  @Option(help: ArgumentHelp("Accept it, also after a refusal.", valueName: "id"))
  var accept: String?

  @Option(help: ArgumentHelp("Copy it in its folder, a contact too.", valueName: "id"))
  var copy: String?

  /// How many changes are asked for that only Exchange has.
  var asked: Int { marks.count + (copy == nil ? 0 : 1) }

  /// The marks asked for, each with its id.
  var marks: [(id: String, mark: CalendarEdit.Mark)] {
    let all: [(String?, CalendarEdit.Mark)] = [
      (privateID, .private), (publicID, .public), (free, .free), (busy, .busy), (cancel, .cancel),
      (decline, .decline), (accept, .accept),
    ]
    return all.compactMap { id, mark in id.map { ($0, mark) } }
  }

  func validate() throws {
    if let repetition, repetition != "never" {
      do { _ = try Repetition(repetition) } catch { throw ValidationError("\(error)") }
    }
    if let occurrence, Timestamp.day(occurrence) == nil {
      throw ValidationError("\(occurrence) is no date such as 2026-03-02.")
    }
  }

  /// The change with what these options say of it; nil where neither asks for one.
  func edit(_ side: Edit.Side, _ verb: Edit.Verb?) throws -> Edit? {
    let isPlain = repetition == nil && occurrence == nil && !allDay
    if isPlain, asked == 0 { return verb.map { Edit(side, $0) } }
    guard side == .exchange else {
      throw ValidationError(
        "The PSA knows no series, no privacy, no free time, no answers and no copies."
      )
    }
    if let copy {
      guard isPlain else { throw ValidationError("What is copied is a single or a whole series.") }
      return Edit(side, .calendar(CalendarEdit(.copy(id: copy))))
    }
    if let (id, mark) = marks.first {
      guard repetition == nil, !allDay else {
        throw ValidationError("--repeat and --all-day go with --create or --move.")
      }
      return Edit(side, .calendar(CalendarEdit(.mark(id: id, mark), occurrence: occurrence)))
    }
    let own: CalendarEdit.Verb
    switch verb {
    case .create(let title, let start, let end):
      guard occurrence == nil, repetition != "never" else {
        throw ValidationError("What is created is a single or a whole series.")
      }
      own = .create(
        title: title,
        start: start,
        end: end,
        isAllDay: allDay,
        repetition: repetition
      )
    case .move(let id, let start, let end) where !allDay:
      guard occurrence == nil || repetition == nil else {
        throw ValidationError("A single date does not repeat: ask for --occurrence or --repeat.")
      }
      own = .move(id: id, start: start, end: end, repetition: repetition)
    case .retitle(let id, let title) where repetition == nil && !allDay:
      own = .retitle(id: id, title: title)
    case .delete(let id) where repetition == nil && !allDay: own = .delete(id: id)
    case .move, .retitle, .delete, .calendar, nil:
      throw ValidationError("--repeat goes with --create or --move, --all-day with --create.")
    }
    return Edit(side, .calendar(CalendarEdit(own, occurrence: occurrence)))
  }
}
