import SyncModel
import SyncPlan

/// Series in the small world: days are listed, not computed.
extension SmallWorld {
  /// Days after this world's Monday.
  static func day(_ number: Int) -> LocalDate {
    LocalDate(year: 2026, month: 11, day: 23).advanced(byDays: number)
  }

  /// A person makes a series that takes place on these days, at 14:00 in Berlin.
  @discardableResult
  mutating func series(
    _ title: String,
    on days: [Int],
    _ shape: (inout ExchangeItem) -> Void = { _ in }
  ) -> ExchangeItemID {
    let id = inExchange(title) {
      $0.role = .master
      shape(&$0)
    }
    pattern[id] = days.map(SmallWorld.day)
    return id
  }

  /// A person changes one date: it becomes an exception, and the series gets a new version.
  mutating func change(
    _ date: LocalDate,
    of master: ExchangeItemID,
    _ edit: (inout ExchangeItem) -> Void
  ) {
    guard let whole = exchange(master) else { return }
    var item = changedDates[master]?[date] ?? whole
    if item.id == master {
      item.id = ExchangeItemID("\(master)-\(date)")
      item.role = .exception
      item.master = master
      item.when = when(of: whole, on: date)
    }
    edit(&item)
    changedDates[master, default: [:]][date] = item
    change(master) { _ in }
  }

  /// A person changes the series: what a changed date has from it follows, as in Exchange.
  mutating func changeSeries(
    _ master: ExchangeItemID,
    _ edit: (inout ExchangeItem) -> Void
  ) {
    guard let before = exchange(master) else { return }
    change(master, edit)
    guard let after = exchange(master), let dates = changedDates[master] else { return }
    for (date, item) in dates {
      var item = item
      if item.title == before.title { item.title = after.title }
      if item.text == before.text { item.text = after.text }
      changedDates[master]?[date] = item
    }
  }

  mutating func delete(_ date: LocalDate, of master: ExchangeItemID) {
    deletedDates[master, default: []].insert(date)
    change(master) { _ in }
  }

  func when(of master: ExchangeItem, on date: LocalDate) -> When {
    let days = Int64(date.daysSince1970 - SmallWorld.day(0).daysSince1970)
    switch master.when {
    case .timed(let start, let end, let zone):
      return .timed(
        start: start.advanced(bySeconds: days * 86_400),
        end: end.advanced(bySeconds: days * 86_400),
        zone: zone
      )
    case .allDay:
      return .allDay(first: date, afterLast: date.advanced(byDays: 1))
    }
  }

  var series: [ExchangeItemID: SeriesFacts] {
    var all: [ExchangeItemID: SeriesFacts] = [:]
    for master in exchange where master.role == .master {
      guard let days = pattern[master.id] else { continue }
      let dates = days.filter { deletedDates[master.id]?.contains($0) != true }.map { date in
        let item = changedDates[master.id]?[date]
        return maker.fact(
          of: item ?? master,
          on: date,
          when: item?.when ?? when(of: master, on: date),
          in: master
        )
      }
      all[master.id] = SeriesFacts(
        master: maker.fact(of: master),
        zone: SmallWorld.zone,
        dates: dates,
        pattern: Set(days),
        covers: SmallWorld.day(-20)...SmallWorld.day(40)
      )
    }
    return all
  }

  /// The item whose text an operation carries.
  func source(of operation: Operation) -> ExchangeItem? {
    let id = operation.seen ?? operation.link.exchange?.item
    return exchange.first { $0.id == id }
      ?? changedDates.values.flatMap(\.values).first { $0.id == id }
      ?? away[operation.link.id]
  }
}
