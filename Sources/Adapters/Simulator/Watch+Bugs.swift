import SyncModel
import World

/// What bugs on purpose do to the world.
extension Watch {
  /// True now and then.
  func isTired() -> Bool { dice.once(in: 4) }

  func inventedID() -> PSAID {
    invented += 1
    return PSAID(invented)
  }

  func sendMails(about ids: [ExchangeItemID]) async {
    let around = Mailbox.Surroundings(now: await world.now, zones: zones.offsets)
    let guest = Mailbox.Attendee(Mailbox.Person(name: "Guest", address: "guest@example.com"))
    await misbehave { mailbox, _ in
      for id in ids {
        _ = try mailbox.update(
          mailbox.itemID(id.rawValue),
          [.required([guest])],
          changeKey: nil,
          conflict: .alwaysOverwrite,
          invitations: .toSome,
          around
        )
      }
    }
  }

  func shiftZones(of ids: [ExchangeItemID]) async {
    let around = Mailbox.Surroundings(now: await world.now, zones: zones.offsets)
    await misbehave { mailbox, _ in
      for id in ids {
        _ = try mailbox.update(
          mailbox.itemID(id.rawValue),
          [.startZone("Tokyo Standard Time"), .endZone("Tokyo Standard Time")],
          changeKey: nil,
          conflict: .alwaysOverwrite,
          around
        )
      }
    }
  }

  func deleteOneMore() async {
    let other = ledger.sight.exchange.first {
      $0.place == .calendar && ledger.exchange[$0.born]?.maker != .lockstep && !$0.isContact
    }
    guard let other else { return }
    await misbehave { mailbox, now in
      try mailbox.delete(mailbox.itemID(other.id), .moveToDeletedItems, at: now)
    }
  }

  /// What the mailbox refuses is no bug that could be seen.
  private func misbehave(_ deed: @Sendable (inout Mailbox, Int64) throws -> Void) async {
    do {
      try await world.mailbox(deed)
    } catch {
      note("the bug on purpose was refused: \(error)")
    }
  }
}
