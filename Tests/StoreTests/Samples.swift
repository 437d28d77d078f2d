import SyncEngine
import SyncModel

extension SeededDice {
  mutating func stamp() -> Stamp {
    let digest: [UInt8] = (0..<32).map { _ in UInt8.random(in: 0...255, using: &self) }
    return Stamp(
      kind: one(of: Kind.allCases),
      id: PSAID(id()),
      tenant: TenantID(id()),
      resource: ResourceID(id()),
      uid: name(),
      Fingerprinter { _ in digest }
    )
  }

  mutating func person() -> Person { Person(name: text(), address: name(12)) }

  mutating func response() -> MeetingResponse {
    one(of: [.unknown, .organizer, .tentative, .accepted, .declined, .notReceived])
  }

  mutating func recurrence() -> RecurrencePattern {
    let weekday = RecurrencePattern.Weekday.allCases
    let week: RecurrencePattern.WeekOfMonth = one(of: [.first, .second, .third, .fourth, .last])
    let rhythm: RecurrencePattern.Rhythm
    switch number(0...5) {
    case 0: rhythm = .daily(interval: number(1...99))
    case 1:
      rhythm = .weekly(
        interval: number(1...99),
        days: [one(of: weekday), one(of: weekday)],
        firstDayOfWeek: one(of: weekday)
      )
    case 2: rhythm = .monthly(interval: number(1...99), dayOfMonth: number(1...31))
    case 3: rhythm = .monthlyByWeek(interval: number(1...99), week: week, days: [one(of: weekday)])
    case 4: rhythm = .yearly(month: number(1...12), dayOfMonth: number(1...31))
    default: rhythm = .yearlyByWeek(month: number(1...12), week: week, days: weekday)
    }
    let ends: [RecurrencePattern.End] = [.never, .on(date()), .after(occurrences: number(1...999))]
    return RecurrencePattern(rhythm: rhythm, firstDay: date(), end: one(of: ends))
  }

  mutating func exchangeItem(_ id: String) -> ExchangeItem {
    ExchangeItem(
      id: ExchangeItemID(id),
      changeKey: ChangeKey(name()),
      folder: FolderID(one(of: ["calendar", String(repeating: "long", count: 40)])),
      itemClass: one(of: ["IPM.Appointment", "IPM.Appointment.Other"]),
      role: one(of: [.single, .occurrence, .exception, .master]),
      uid: maybe { $0.name(112) },
      cleanUID: maybe { CleanUID($0.name(112)) },
      when: when(),
      windowsZone: maybe { $0.one(of: ["W. Europe Standard Time", "UTC"]) },
      title: text(),
      text: text(),
      isTextWhole: flag(),
      place: text(),
      sensitivity: one(of: [.normal, .personal, .private, .confidential]),
      showAs: one(of: [.free, .tentative, .busy, .away, .workingElsewhere, .noData]),
      isMeeting: flag(),
      isCancelled: flag(),
      response: response(),
      organizer: maybe { $0.person() },
      attendees: list {
        Attendee(
          person: $0.person(),
          role: $0.one(of: [.required, .optional, .resource]),
          response: $0.response()
        )
      },
      categories: list { $0.text() },
      reminderMinutes: maybe { $0.number(0...20_000) },
      created: instant(),
      modified: instant(),
      stamp: maybe { $0.text() },
      recurrence: maybe { $0.recurrence() },
      exceptions: list {
        SeriesException(
          id: ExchangeItemID($0.name()),
          originalStart: $0.instant(),
          start: $0.instant(),
          end: $0.instant()
        )
      },
      deletedOccurrences: list { $0.instant() },
      originalStart: maybe { $0.instant() }
    )
  }

  /// The item with a fact that agrees with it.
  mutating func mirroredExchange(_ id: String) -> MirroredExchange {
    let item = exchangeItem(id)
    let fact = ExchangeFact(
      id: item.id,
      changeKey: item.changeKey,
      folder: item.folder,
      role: item.role,
      uid: maybe { $0.fingerprint() },
      when: item.when,
      modified: item.modified,
      own: prints(),
      projected: prints(),
      sensitivity: item.sensitivity,
      showAs: item.showAs,
      hasAttendees: flag(),
      isCancelled: item.isCancelled,
      response: item.response,
      stamp: maybe { $0.stamp() },
      isStampOwn: flag(),
      reference: reference(),
      isTextWhole: item.isTextWhole,
      originalStart: maybe { $0.instant() }
    )
    return MirroredExchange(item: item, fact: fact)
  }

  mutating func mirroredPSA(_ id: Int64, _ kind: Kind = .appointment) -> MirroredPSA {
    let item = PSAItem(
      kind: kind,
      id: PSAID(id),
      parent: maybe { PSAID($0.id()) },
      resource: ResourceID(self.id()),
      title: text(),
      text: text(),
      start: instant(),
      end: instant(),
      created: instant(),
      modified: instant(),
      creator: maybe { ResourceID($0.id()) },
      place: text(),
      isCancelled: flag(),
      isComplete: flag(),
      related: flag()
        ? PSARelated()
        : PSARelated(company: maybe { PSAID($0.id()) }, ticket: PSAID(self.id()), status: 4),
      about: maybe {
        PSAContext(
          company: $0.text(),
          contact: PSAPerson(name: $0.text()),
          tickets: [PSAWork(number: $0.name(), title: $0.text())],
          others: [$0.text()]
        )
      }
    )
    let fact = PSAFact(
      kind: item.kind,
      id: item.id,
      parent: item.parent,
      span: item.span,
      created: item.created,
      modified: item.modified,
      own: prints(),
      projected: prints(),
      reference: maybe { $0.reference() },
      isCancelled: item.isCancelled
    )
    return MirroredPSA(item: item, fact: fact)
  }

  mutating func base() -> Base {
    Base(
      span: maybe { $0.span() },
      allDay: maybe { AllDayBase(first: $0.date(), afterLast: $0.date(), zone: $0.zone()) },
      source: maybe { $0.prints() },
      sent: maybe { $0.prints() },
      returned: maybe { $0.prints() },
      mask: one(of: [.none, .masked]),
      rulesVersion: number(1...9)
    )
  }

  /// A link whose identities no link with another number shares.
  mutating func link(_ number: Int64) -> Link {
    Link(
      id: LinkID(number),
      kind: one(of: Kind.allCases),
      tenant: TenantID(id()),
      resource: ResourceID(id()),
      mailbox: MailboxID("technician@example.com"),
      origin: one(of: [.psa, .exchange, .paired]),
      state: one(of: [.linked, .parked, .away, .suppressed, .closed, .unmatched, .held]),
      reason: maybe { $0.one(of: LinkReason.allCases) },
      stateRun: maybe { RunID($0.id()) },
      pin: maybe { dice in
        Pin(
          time: dice.maybe {
            Pin.Time(exchange: $0.when(), psa: Span(start: $0.instant(), end: $0.instant()))
          },
          source: dice.maybe { $0.prints() },
          staysExcluded: true,
          released: dice.maybe { $0.one(of: LinkReason.allCases) }
        )
      },
      exchange: maybe {
        ExchangeIdentity(
          folder: FolderID($0.name()),
          item: ExchangeItemID("item \(number)"),
          cleanUID: $0.maybe { _ in CleanUID("uid \(number)") },
          originalDate: $0.maybe { $0.date() },
          seriesZone: $0.maybe { $0.zone() },
          copy: $0.number(0...3)
        )
      },
      psa: maybe { PSAIdentity(id: PSAID(number), parent: $0.maybe { PSAID($0.id()) }) },
      stamp: maybe { $0.stamp() },
      reference: maybe { $0.reference() },
      changeKey: maybe { ChangeKey($0.name()) },
      exchangeModified: maybe { $0.instant() },
      psaModified: maybe { $0.instant() },
      psaSequence: id(),
      epoch: self.number(0...5),
      base: base(),
      reassertions: maybe { Reassertions(count: $0.number(1...9), since: $0.instant()) },
      refusals: list {
        Refusal(
          side: $0.one(of: Side.allCases),
          group: $0.one(of: FieldGroup.allCases),
          wanted: $0.fingerprint(),
          settings: $0.name(64),
          text: $0.text()
        )
      }
    )
  }

  mutating func values() -> ItemValues {
    ItemValues(
      when: maybe { $0.when() },
      zone: maybe { $0.zone() },
      title: maybe { $0.text() },
      text: maybe { $0.text() },
      place: maybe { $0.text() }
    )
  }

  mutating func intent(_ run: RunID, _ sequence: Int, link: LinkID? = nil) -> Intent {
    Intent(
      run: run,
      sequence: sequence,
      link: link ?? LinkID(id()),
      kind: one(of: Kind.allCases),
      side: one(of: Side.allCases),
      verb: one(of: [.create, .update, .mask, .delete, .restore]),
      groups: FieldGroup.allCases.filter { _ in flag() },
      target: maybe { $0.name() },
      parent: maybe { PSAID($0.id()) },
      expectedVersion: maybe { $0.name() },
      wanted: values(),
      idempotencyKey: maybe { $0.name() },
      highestBefore: maybe { PSAID($0.id()) },
      before: maybe { $0.values() },
      beforeMask: one(of: [.none, .masked]),
      proof: maybe { ProofRecord(ground: .gone, evidence: $0.text()) },
      reason: text()
    )
  }

  mutating func coverage(_ run: RunID) -> Coverage {
    Coverage(
      run: run,
      side: one(of: Side.allCases),
      kind: one(of: Kind.allCases),
      mailbox: MailboxID("technician@example.com"),
      folder: maybe { FolderID($0.name()) },
      endingFrom: maybe { $0.instant() },
      ids: maybe { PSAID(Int64($0.number(1...10)))...PSAID($0.id() + 10) },
      settings: name(64),
      epoch: number(0...4),
      viewSequence: id(),
      began: instant(),
      ended: instant(),
      isComplete: flag(),
      count: number(0...10_000)
    )
  }

  mutating func positions() -> Positions {
    var positions = Positions()
    positions.tenant = maybe { TenantID($0.id()) }
    positions.resource = maybe { ResourceID($0.id()) }
    positions.mailbox = maybe { MailboxID($0.name()) }
    positions.folder = maybe { FolderID($0.name()) }
    positions.syncState = maybe { SyncState($0.name(5_000)) }
    positions.exchangeIsWhole = flag()
    positions.enumerationsOwed = number(0...2)
    positions.isBesideAnotherTool = flag()
    positions.confirmedMark = maybe { RunID($0.id()) }
    positions.announcedMark = maybe { RunID($0.id()) }
    positions.epoch = number(0...9)
    positions.personalZone = maybe { $0.zone() }
    positions.zoneReadAt = maybe { $0.instant() }
    for kind in Kind.allCases where flag() {
      var position = PSAPosition()
      position.watermark = maybe { $0.instant() }
      position.endingFrom = maybe { $0.instant() }
      position.listedAt = maybe { $0.instant() }
      position.highest = maybe { PSAID($0.id()) }
      positions[kind] = position
    }
    positions.settings = maybe { $0.name(64) }
    return positions
  }

  mutating func counts() -> SideCounts {
    var counts = SideCounts()
    counts.created = number(0...99)
    counts.updated = number(0...99)
    counts.deleted = number(0...99)
    counts.held = number(0...99)
    counts.requests = number(0...999)
    return counts
  }
}
