package import SyncModel

/// Makes the facts that the plan sees from the items that the mirror keeps.
package struct FactMaker: Sendable {
  private let tenant: TenantID
  private let resource: ResourceID
  private let projection: Projection
  private let fingerprinter: Fingerprinter
  private let nothing: Fingerprint

  package init(
    tenant: TenantID,
    resource: ResourceID,
    rules: SyncRules,
    fingerprinter: Fingerprinter
  ) {
    self.tenant = tenant
    self.resource = resource
    projection = Projection(rules)
    self.fingerprinter = fingerprinter
    nothing = fingerprinter.print(of: "")
  }

  package func fact(of item: ExchangeItem) -> ExchangeFact {
    let stamp = item.stamp.flatMap { Stamp($0) }
    let projected = Projection.unmasked(item)
    let ownText = stamp.map { projection.withoutLink(item.text, to: $0.kind, $0.id) } ?? item.text
    let privacy = fingerprinter.print(of: item.sensitivity.rawValue)
    let showAs = fingerprinter.print(of: item.showAs.rawValue)
    return ExchangeFact(
      id: item.id,
      changeKey: item.changeKey,
      folder: item.folder,
      role: item.role,
      uid: item.cleanUID.map { fingerprinter.print(of: Array($0.rawValue.utf8)) },
      when: item.when,
      modified: item.modified,
      own: prints(item.title, ownText, item.place, privacy, showAs),
      projected: prints(projected.title, projected.text, "", privacy, showAs),
      sensitivity: item.sensitivity,
      showAs: item.showAs,
      hasAttendees: !item.attendees.isEmpty,
      isCancelled: item.isCancelled,
      response: item.response,
      stamp: stamp,
      isStampOwn: stamp.map {
        $0.tenant == tenant && $0.belongs(to: resource, uid: item.uid, fingerprinter)
      } ?? false,
      reference: reference(of: item, on: nil),
      isTextWhole: item.isTextWhole,
      originalStart: item.role == .exception ? item.originalStart : nil
    )
  }

  /// The fact of one date of a series.
  ///
  /// `item` is the changed date, or the series itself where the date is as the pattern says.
  package func fact(
    of item: ExchangeItem,
    on date: LocalDate,
    when: When,
    in master: ExchangeItem
  ) -> ExchangeFact {
    let whole = fact(of: item)
    return ExchangeFact(
      id: whole.id,
      changeKey: master.changeKey,
      folder: master.folder,
      role: item.id == master.id ? .occurrence : .exception,
      uid: master.cleanUID.map { fingerprinter.print(of: Array($0.rawValue.utf8)) },
      when: when,
      modified: max(item.modified, master.modified),
      own: whole.own,
      projected: whole.projected,
      sensitivity: item.sensitivity.stricter(master.sensitivity),
      showAs: whole.showAs,
      hasAttendees: whole.hasAttendees || !master.attendees.isEmpty,
      isCancelled: whole.isCancelled || master.isCancelled,
      response: whole.response,
      stamp: nil,
      isStampOwn: false,
      reference: reference(of: master, on: date),
      isTextWhole: whole.isTextWhole,
      master: master.id,
      originalDate: date
    )
  }

  package func fact(of item: PSAItem) -> PSAFact {
    let isAppointment = item.kind == .appointment
    // Reference lines stand in appointments only.
    let (text, reference) = isAppointment ? Reference.split(item.text) : (item.text, nil)
    let projected = Projection.exchangeContent(of: item)
    return PSAFact(
      kind: item.kind,
      id: item.id,
      parent: item.parent,
      span: item.span,
      created: item.created,
      modified: item.modified,
      own: prints(item.title, text, item.place, nothing, nothing),
      projected: prints(projected.title, projected.text, projected.place, nothing, nothing),
      reference: reference,
      isCancelled: item.kind == .serviceCall && item.isCancelled
    )
  }

  /// The reference of a person's copy: made from its ItemId, for its UID is another item's.
  package func referenceOfCopy(_ fact: ExchangeFact) -> Reference {
    Reference(
      tenant: tenant,
      resource: resource,
      identity: .item(fact.identity),
      originalDate: fact.originalDate,
      fingerprinter
    )
  }

  /// The reference that an item goes by: its own, or as the numbered copy that it is.
  func reference(of fact: ExchangeFact, copy: Int) -> Reference {
    copy > 0 ? referenceOfCopy(fact) : fact.reference
  }

  /// The fingerprints of an Exchange item with these values in place of its own, as its facts have
  /// them; values that are nil leave its own.
  func prints(of values: ItemValues, over fact: ExchangeFact) -> ContentPrints {
    let text = values.text.map { text in
      fact.stamp.map { projection.withoutLink(text, to: $0.kind, $0.id) } ?? text
    }
    return prints(values.title, text, values.place, over: fact.own)
  }

  /// The same of an item of the PSA.
  func prints(of values: ItemValues, over fact: PSAFact) -> ContentPrints {
    let text = values.text.map { fact.kind == .appointment ? Reference.split($0).text : $0 }
    return prints(values.title, text, nil, over: fact.own)
  }

  /// Those of a PSA text without its reference line; privacy and show-as are those of `own`.
  func prints(of values: ItemValues, like own: ContentPrints) -> ContentPrints {
    prints(values.title, values.text, nil, over: own)
  }

  private func prints(
    _ title: String?,
    _ text: String?,
    _ place: String?,
    over own: ContentPrints
  ) -> ContentPrints {
    ContentPrints(
      title: title.map(fingerprinter.print) ?? own.title,
      text: text.map(fingerprinter.print) ?? own.text,
      place: place.map(fingerprinter.print) ?? own.place,
      privacy: own.privacy,
      showAs: own.showAs
    )
  }

  private func reference(of item: ExchangeItem, on date: LocalDate?) -> Reference {
    Reference(
      tenant: tenant,
      resource: resource,
      identity: item.cleanUID.map { .uid($0) } ?? .item(item.id),
      originalDate: date,
      fingerprinter
    )
  }

  /// The fingerprints of a masked item.
  package func masked(_ fact: ExchangeFact) -> ContentPrints {
    ContentPrints(
      title: fingerprinter.print(of: Projection.maskedTitle),
      text: nothing,
      place: nothing,
      privacy: fact.projected.privacy,
      showAs: fact.projected.showAs
    )
  }

  private func prints(
    _ title: String,
    _ text: String,
    _ place: String,
    _ privacy: Fingerprint,
    _ showAs: Fingerprint
  ) -> ContentPrints {
    ContentPrints(
      title: fingerprinter.print(of: title),
      text: text.isEmpty ? nothing : fingerprinter.print(of: text),
      place: place.isEmpty ? nothing : fingerprinter.print(of: place),
      privacy: privacy,
      showAs: showAs
    )
  }
}
