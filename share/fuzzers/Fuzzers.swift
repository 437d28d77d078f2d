import FoundationEssentials
import Glibc
import HTTP
import Recurrence
import Settings
import SyncEngine
import SyncModel
import XML
import ZoneData

@testable import Autotask
@testable import Exchange
@testable import ICalendar

/// What libFuzzer calls with each input; `LOCKSTEP_READER` says which reader gets it.
///
/// Ends the process where an input took more of the processor than any may, as TestGround's `Fuzz`
/// does; libFuzzer's own measure is the clock, which a busy machine makes worthless.
@_cdecl("LLVMFuzzerTestOneInput")
func tryOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let begun = processorTime()
  switch Reader.chosen {
  case .exchange: readExchange(bytes)
  case .psa: readPSA(bytes)
  case .settings: readSettings(bytes)
  case .zones: readZone(bytes)
  case .rules: readRule(bytes)
  case .calendar: readCalendar(bytes)
  }
  let spent = processorTime() - begun
  precondition(spent < .seconds(2), "an input of \(count) bytes took \(spent)")
  return 0
}

private func processorTime() -> Duration {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

private enum Reader: String {
  case exchange, psa, settings, zones, rules, calendar

  static let chosen: Reader = {
    let name = getenv("LOCKSTEP_READER").map { String(cString: $0) } ?? ""
    guard let reader = Reader(rawValue: name) else {
      print("LOCKSTEP_READER names no reader: “\(name)”")
      exit(64)
    }
    return reader
  }()
}

private let zones = ZoneDatabase()
/// 2026-11-23T08:00:00Z.
private let now: Int64 = 1_795_420_800

private func readExchange(_ bytes: [UInt8]) {
  let mapping = CalendarItemMapping(zones: ZoneMapping(zones: zones), mailboxZone: nil)
  for message in messages(ItemContent.self, bytes) {
    guard let item = message.content.item else { continue }
    let reading = mapping.reading(of: item, isBodyWhole: true, folder: FolderID("F"))
    guard case .found(let found) = reading, found.recurrence != nil else { continue }
    _ = refused {
      let from = Instant(seconds: now)
      _ = try SeriesCalendar(zones: zones)
        .expansion(of: found, from: from, until: from.advanced(bySeconds: 60 * 86_400))
    }
  }
  for message in messages(ContactContent.self, bytes) {
    _ = message.content.contact?.reading(isNoteWhole: true)
  }
  _ = messages(SyncFolderItemsContent.self, bytes)
  _ = messages(FolderContent.self, bytes)
  _ = messages(UserConfigurationContent.self, bytes)
}

private func messages<Content: WireContent>(
  _ kind: Content.Type,
  _ bytes: [UInt8]
) -> [ResponseMessage<Content>] {
  let consumer = ReplyConsumer<Content>()
  var found: [ResponseMessage<Content>] = []
  _ = refused {
    try consumer.begin(ResponseHead(status: 200))
    try bytes.withUnsafeBytes { try consumer.receive($0) }
    try consumer.end()
    found = try consumer.outcome().messages
  }
  return found
}

private func readPSA(_ bytes: [UInt8]) {
  _ = refused { _ = try QueryReply<AppointmentRow>(bytes) }
  _ = refused { _ = try QueryReply<CompanyToDoRow>(bytes) }
  _ = refused { _ = try QueryReply<ServiceCallRow>(bytes) }
  _ = refused { _ = try QueryReply<ContactRow>(bytes) }
  _ = refused { _ = try QueryReply<ResourceRow>(bytes) }
  _ = refused { _ = try QueryReply<PlainRow>(bytes) }
  _ = refused { _ = try Picklists(bytes) }
  _ = refused { _ = try ThresholdInformation(bytes).isSlowed }
  _ = refused { _ = try EntityInformation(bytes).mayBeQueried }
  _ = ErrorWords(bytes, hiding: ["secret"]).text
  _ = RESTRoot(String(decoding: bytes, as: UTF8.self))
}

private func readSettings(_ bytes: [UInt8]) {
  _ = refused {
    _ = try LockstepSettings.parse(
      String(decoding: bytes, as: UTF8.self),
      file: "settings.toml",
      places: SettingsPlaces(home: "/h", state: "/s", configuration: "/c", credentials: nil)
    )
  }
}

private func readZone(_ bytes: [UInt8]) {
  _ = refused {
    let zone = try Zone.parse(bytes, name: "Fuzzed/Zone")
    for moment in [now, .min, .max] {
      _ = (zone.offset(at: moment), zone.instant(localSeconds: moment))
    }
    _ = zone.transitions(in: now..<now + 86_400 * 400)
    _ = zone.finalRule
  }
}

private func readRule(_ bytes: [UInt8]) {
  let line = String(decoding: bytes, as: UTF8.self)
  let start = LocalDateTime(secondsSince1970: now)
  _ = RecurrencePattern(line: line, start: start, zone: nil)?.line(isAllDay: false, zone: nil)
  guard let rule = RecurrenceRule(line) else { return }
  _ = refused {
    let day = CalendarDay(year: 2026, month: 1, day: 1)
    _ = try rule.days(from: day, in: day...CalendarDay(year: 2027, month: 1, day: 1))
  }
}

private func readCalendar(_ bytes: [UInt8]) {
  _ = refused { _ = try CalendarComponent.read(bytes).bytes() }
}

/// Whether the reader refused it, which is as good as reading it.
private func refused(_ read: () throws -> Void) -> Bool {
  do {
    try read()
    return false
  } catch {
    return !"\(error)".isEmpty
  }
}
