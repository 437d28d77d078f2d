import World
import XML

/// Writes items as EWS shows them, child by child in the order of the schema.
struct ItemWriting {
  let shape: ItemShape
  let mailbox: Mailbox
  let zones: ZoneCatalog

  func write(_ item: Mailbox.Item, into writer: inout XMLWriter) {
    writer.start(Self.element(of: item))
    writer.id("t:ItemId", mailbox.text(of: item.id), mailbox.changeKey(of: item))
    writeItemPart(item, into: &writer)
    if item.isAppointment { writeCalendarPart(item, into: &writer) }
    if let contact = item.contact { writeContactPart(contact, of: item, into: &writer) }
    writer.end()
  }

  /// Only the id, as writes answer.
  func writeID(_ item: Mailbox.Item, into writer: inout XMLWriter) {
    writer.start(Self.element(of: item))
    writer.id("t:ItemId", mailbox.text(of: item.id), mailbox.changeKey(of: item))
    writer.end()
  }

  static func element(of item: Mailbox.Item) -> String {
    if item.isAppointment { return "t:CalendarItem" }
    if item.contact != nil { return "t:Contact" }
    if item.itemClass.hasPrefix("IPM.Note") { return "t:Message" }
    if item.itemClass.hasPrefix("IPM.DistList") { return "t:DistributionList" }
    if item.itemClass.hasPrefix("IPM.Post") { return "t:PostItem" }
    if item.itemClass.hasPrefix("IPM.Schedule.Meeting.Request") { return "t:MeetingRequest" }
    return "t:Item"
  }

  private func writeItemPart(_ item: Mailbox.Item, into writer: inout XMLWriter) {
    let appointment = item.appointment
    if shape.wants("item:ParentFolderId"), let folder = folder(item.id.folder) {
      writer.id("t:ParentFolderId", mailbox.text(of: folder.id), mailbox.changeKey(of: folder))
    }
    if shape.wants("item:ItemClass") { writer.leaf("t:ItemClass", item.itemClass) }
    if shape.wants("item:Subject"), !appointment.subject.isEmpty {
      writer.leaf("t:Subject", shape.shown(appointment.subject))
    }
    if shape.wants("item:Sensitivity") {
      writer.leaf("t:Sensitivity", appointment.sensitivity.rawValue)
    }
    if shape.wants("item:Body") { writeBody(appointment.body, into: &writer) }
    if shape.wants("item:DateTimeReceived") {
      writer.leaf("t:DateTimeReceived", Timestamp.text(item.createdTime))
    }
    if shape.wants("item:Size") {
      writer.leaf("t:Size", 2_048 + appointment.body.content.utf8.count)
    }
    if shape.wants("item:Categories"), !appointment.categories.isEmpty {
      writer.start("t:Categories")
      for category in appointment.categories { writer.leaf("t:String", category) }
      writer.end()
    }
    if shape.wants("item:Importance") {
      writer.leaf("t:Importance", appointment.importance.rawValue)
    }
    for name in ["IsSubmitted", "IsDraft", "IsFromMe", "IsResend"] where shape.wants("item:\(name)")
    {
      writer.leaf("t:\(name)", false)
    }
    if shape.wants("item:IsUnmodified") { writer.leaf("t:IsUnmodified", false) }
    for name in ["DateTimeSent", "DateTimeCreated"] where shape.wants("item:\(name)") {
      writer.leaf("t:\(name)", Timestamp.text(item.createdTime))
    }
    writeReminder(appointment, into: &writer)
    if shape.wants("item:DisplayCc") {
      writer.leaf("t:DisplayCc", names(appointment.optional))
    }
    if shape.wants("item:DisplayTo") {
      writer.leaf("t:DisplayTo", names(appointment.required))
    }
    if shape.wants("item:HasAttachments") { writer.leaf("t:HasAttachments", false) }
    for field in shape.extended {
      guard let values = item.extended(field.path) else { continue }
      field.write(values, cutAt: shape.isListing ? 255 : nil, into: &writer)
    }
    if shape.wants("item:Culture") { writer.leaf("t:Culture", "en-US") }
    if shape.wants("item:EffectiveRights") {
      FolderWriting.writeRights(canWrite: mailbox.mayWrite(in: item.id.folder), into: &writer)
    }
    if shape.wants("item:LastModifiedName") {
      writer.leaf("t:LastModifiedName", mailbox.owner.name)
    }
    if shape.wants("item:LastModifiedTime") {
      writer.leaf("t:LastModifiedTime", Timestamp.text(item.lastModifiedTime))
    }
    if shape.wants("item:IsAssociated") { writer.leaf("t:IsAssociated", false) }
    if shape.wants("item:TextBody") {
      writer.start("t:TextBody", [("BodyType", "Text"), ("IsTruncated", "false")])
      writer.text(text(appointment.body))
      writer.end()
    }
  }

  private func writeReminder(_ appointment: Mailbox.Appointment, into writer: inout XMLWriter) {
    if shape.wants("item:ReminderDueBy") {
      writer.leaf("t:ReminderDueBy", Timestamp.text(appointment.start))
    }
    if shape.wants("item:ReminderIsSet") {
      writer.leaf("t:ReminderIsSet", appointment.reminderIsSet)
    }
    if shape.wants("item:ReminderNextTime"), appointment.reminderIsSet {
      let next = appointment.start - Int64(appointment.reminderMinutes) * 60
      writer.leaf("t:ReminderNextTime", Timestamp.text(next))
    }
    if shape.wants("item:ReminderMinutesBeforeStart") {
      writer.leaf("t:ReminderMinutesBeforeStart", appointment.reminderMinutes)
    }
  }

  private func writeBody(_ body: Mailbox.Body, into writer: inout XMLWriter) {
    let format: Mailbox.Body.Format =
      switch shape.bodyFormat {
      case .best: body.format
      case .html: .html
      case .text: .text
      }
    let content =
      switch format {
      case .text: text(body)
      case .html: body.format == .html ? body.content : page(body.content)
      }
    let shown = shape.maximumBody.map { content.cut(at: $0) } ?? content
    writer.start(
      "t:Body",
      [
        ("BodyType", format.rawValue),
        ("IsTruncated", shown.utf16.count < content.utf16.count ? "true" : "false"),
      ]
    )
    writer.text(shown)
    writer.end()
  }

  private func text(_ body: Mailbox.Body) -> String {
    switch body.format {
    case .html: HTMLText.plain(body.content)
    case .text: body.content
    }
  }

  private func page(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\n", "\r\n": escaped += "<br>\r\n"
      default: escaped.append(character)
      }
    }
    return "<html><head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">"
      + "\r\n</head>\r\n<body>\r\n\(escaped)\r\n</body>\r\n</html>\r\n"
  }

  private func names(_ attendees: [Mailbox.Attendee]) -> String {
    attendees.map { $0.person.name }.joined(separator: "; ")
  }

  private func folder(_ id: Mailbox.FolderID) -> Mailbox.Folder? {
    do { return try mailbox.folder(id) } catch { return nil }
  }
}
