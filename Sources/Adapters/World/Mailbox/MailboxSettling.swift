extension Mailbox {
  /// What the server makes of an appointment before it stores it; refuses what it would not store.
  func settled(
    _ appointment: Appointment,
    _ around: Surroundings
  ) throws(Refusal) -> Appointment {
    var settled = appointment
    settled.subject = trimmed(appointment.subject)
    settled.body.content = mailText(appointment.body)
    guard settled.subject.utf16.count <= 255, settled.location.utf16.count <= 255 else {
      throw Refusal(.errorItemSavePropertyError)
    }
    guard settled.end >= settled.start else {
      throw Refusal(.errorCalendarEndDateIsEarlierThanStartDate)
    }
    guard settled.end - settled.start <= 5 * 366 * 86_400 else {
      throw Refusal(.errorCalendarDurationIsTooLong)
    }
    guard settled.start >= -11_644_473_600, settled.end < 79_841_376_000 else {
      throw Refusal(.errorCalendarOutOfRange)
    }
    if settled.isAllDay {
      (settled.start, settled.end) = around.zones.knowing(settled).wholeDays(
        start: settled.start,
        end: settled.end,
        in: settled.startZone ?? around.contextZone ?? "UTC"
      )
    }
    return settled
  }

  /// Plain text is kept with the line ends of mail.
  private func mailText(_ body: Body) -> String {
    guard body.format == .text, body.content.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D })
    else { return body.content }
    var text = ""
    for character in body.content {
      text += character == "\n" || character == "\r" ? "\r\n" : String(character)
    }
    return text
  }

  private func trimmed(_ subject: String) -> String {
    let blanks: Set<Character> = [" ", "\t", "\r", "\n", "\r\n"]
    let rest = subject.drop { blanks.contains($0) }
    let end = rest.lastIndex { !blanks.contains($0) }
    return String((end.map { rest[...$0] } ?? "").map { $0.isNewline ? " " : $0 })
  }
}
