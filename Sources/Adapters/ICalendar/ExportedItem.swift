package import SyncModel

/// An item of the mirror on its way into an iCalendar file, with its link if it has one.
package enum ExportedItem: Hashable, Sendable {
  case exchange(ExchangeItem, link: LinkID?)
  case psa(PSAItem, link: LinkID?)
}

extension ExportedItem {
  /// Exchange's id for it; nil on the other side.
  var id: ExchangeItemID? {
    switch self {
    case .exchange(let item, _): item.id
    case .psa: nil
    }
  }

  /// Stays the same from export to export: Exchange's own UID, else one made from the id.
  var uid: String {
    switch self {
    case .exchange(let item, _): item.uid ?? item.cleanUID?.rawValue ?? item.id.rawValue
    case .psa(let item, _): "lockstep-\(item.kind.rawValue)-\(item.id)"
    }
  }

  /// Where its times are written, as far as the item says so.
  var zone: ZoneName? {
    switch self {
    case .exchange(let item, _):
      if case .timed(_, _, let zone) = item.when { zone } else { nil }
    case .psa: nil
    }
  }
}
