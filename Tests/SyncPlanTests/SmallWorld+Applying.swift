import SyncModel
import SyncPlan

/// Does what plans say, as the engine would.
extension SmallWorld {
  /// Does what a plan says, in its order, and keeps the links as the engine keeps them.
  mutating func apply(_ plan: Plan) {
    for link in plan.links { keep(link) }
    links.removeAll { plan.forgotten.contains($0.id) }
    for operation in plan.operations { apply(operation) }
    nextLink = LinkID(nextLink.rawValue + Int64(plan.newLinks))
    run = RunID(run.rawValue + 1)
  }

  private mutating func keep(_ link: Link) {
    var link = link
    if let id = link.exchange?.item, link.exchange?.cleanUID == nil {
      link.exchange?.cleanUID = exchange.first { $0.id == id }?.cleanUID
    }
    if let index = links.firstIndex(where: { $0.id == link.id }) {
      links[index] = link
    } else {
      links.append(link)
    }
  }

  private mutating func apply(_ operation: Operation) {
    var link = operation.settled(on: links.first { $0.id == operation.link.id })
    switch operation.action {
    case .delete:
      if operation.side == .psa {
        link.psa.map { remove($0.id) }
      } else {
        link.exchange.map { remove($0.item) }
      }
      if link.state != .closed || operation.side == .exchange { link.exchange = nil }
      if link.state != .closed || operation.side == .psa { link.psa = nil }
      keep(link)
    case .restore:
      // No plan of a run brings anything back.
      break
    case .create(let order):
      if operation.side == .psa {
        create(&link, inPSA: order, of: source(of: operation))
      } else {
        create(&link, inExchange: order)
      }
      keep(link)
    case .update(let order):
      if operation.side == .psa {
        update(&link, inPSA: order, from: source(of: operation))
      } else {
        update(&link, inExchange: order)
      }
      if !operation.leavesLink { keep(link) }
    }
  }

  private mutating func create(
    _ link: inout Link,
    inPSA order: CreateOrder,
    of source: ExchangeItem?
  ) {
    guard let source else { return }
    let content = Projection(rules).psaContent(of: source)
    let span = SmallWorld.span(order.when)
    let id = inPSA(content.title) {
      $0.text = link.reference?.ending(content.text, limit: Projection.psaTextLimit) ?? content.text
      $0.start = span?.start ?? $0.start
      $0.end = span?.end ?? $0.end
    }
    link.psa = PSAIdentity(id: id)
    read(&link)
  }

  private mutating func create(_ link: inout Link, inExchange order: CreateOrder) {
    guard let source = psa.first(where: { $0.id == link.psa?.id }) else { return }
    let content = Projection(rules).exchangeContent(of: source)
    let stamp = Stamp(
      kind: source.kind,
      id: source.id,
      tenant: SmallWorld.tenant,
      resource: SmallWorld.resource,
      uid: "uid\(nextItem)",
      quick
    )
    let id = inExchange(content.title) {
      $0.text = content.text
      $0.place = content.place
      $0.when = order.when
      $0.stamp = stamp.description
    }
    link.exchange = ExchangeIdentity(folder: SmallWorld.folder, item: id, cleanUID: nil)
    read(&link)
  }

  private mutating func update(
    _ link: inout Link,
    inPSA order: UpdateOrder,
    from source: ExchangeItem?
  ) {
    guard let id = link.psa?.id else { return }
    let content =
      order.isMasking ? Projection.masked : source.map { Projection(rules).psaContent(of: $0) }
    let reference = link.reference
    change(id) { item in
      if let span = order.when.flatMap(SmallWorld.span) {
        (item.start, item.end) = (span.start, span.end)
      }
      guard let content else { return }
      if order.fields.contains(.title) { item.title = content.title }
      if order.fields.contains(.text) {
        item.text =
          reference?.ending(content.text, limit: Projection.psaTextLimit) ?? content.text
      }
    }
    read(&link, hasContent: !order.fields.isEmpty)
  }

  private mutating func update(_ link: inout Link, inExchange order: UpdateOrder) {
    guard let id = link.exchange?.item,
      let source = psa.first(where: { $0.id == link.psa?.id })
    else { return }
    let content = Projection(rules).exchangeContent(of: source)
    if let date = link.exchange?.originalDate {
      if let when = order.when { change(date, of: id) { $0.when = when } }
      read(&link, hasContent: false)
      return
    }
    change(id) { item in
      if let when = order.when { item.when = when }
      if order.fields.contains(.title) { item.title = content.title }
      if order.fields.contains(.text) { item.text = content.text }
      if order.fields.contains(.place) { item.place = content.place }
    }
    read(&link, hasContent: !order.fields.isEmpty)
  }

  /// What the side returned for a write becomes part of the base.
  private func read(_ link: inout Link, hasContent: Bool = true) {
    let item = exchange.first { $0.id == link.exchange?.item }.map(maker.fact(of:))
    let other = (psa + reassigned).first { $0.id == link.psa?.id }.map(maker.fact(of:))
    if hasContent {
      let receiver = link.origin == .psa ? item?.own : other?.own
      link.base.returned = receiver ?? link.base.returned
    }
    link.changeKey = item?.changeKey ?? link.changeKey
    link.exchangeModified = item?.modified ?? link.exchangeModified
    link.psaModified = other?.modified ?? link.psaModified
  }

  static func span(_ when: When) -> Span? {
    guard case .timed(let start, let end, _) = when else { return nil }
    return Span(start: start, end: end)
  }
}
