import World
import XML

extension EWSDesk {
  /// Between EwsId and HexEntryId; other formats are refused.
  func convertID(_ mailbox: Mailbox) throws(EWSFault) -> [UInt8] {
    guard let format = operation["DestinationFormat"] else {
      throw .schema("The required attribute 'DestinationFormat' is missing.")
    }
    var reply = EWSReply("ConvertId", from: build)
    for source in operation.child("SourceIds")?.children ?? [] {
      do throws(EWSRefusal) {
        let id = try converted(source, to: format, in: mailbox)
        reply.success { writer in
          writer.start(
            "m:AlternateId",
            [
              ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
              ("xsi:type", "t:AlternateIdType"), ("Format", format), ("Id", id),
              ("Mailbox", mailbox.owner.address),
            ]
          )
          writer.end()
        }
      } catch {
        reply.error(error)
      }
    }
    return reply.finished()
  }

  private func converted(
    _ source: XMLElement,
    to format: String,
    in mailbox: Mailbox
  ) throws(EWSRefusal) -> String {
    let malformed = EWSRefusal(Mailbox.Refusal(.errorInvalidIdMalformed))
    guard let text = source["Id"] else { throw malformed }
    let head: [UInt8] = [0, 3, 0x24, 0] + Array(mailbox.guid.text.utf8)
    let bytes: [UInt8]
    switch source["Format"] {
    case "EwsId":
      guard let all = Base64.bytes(text), all.count > 43, all.starts(with: head), all[40] == 0
      else {
        throw malformed
      }
      bytes = Array(all[43...])
    case "HexEntryId":
      let digits = Array(text.utf8)
      guard digits.count % 2 == 0 else { throw malformed }
      var entry: [UInt8] = []
      for place in stride(from: 0, to: digits.count, by: 2) {
        let pair = String(decoding: digits[place...place + 1], as: UTF8.self)
        guard let byte = UInt8(pair, radix: 16) else { throw malformed }
        entry.append(byte)
      }
      bytes = entry
    default: throw malformed
    }
    guard bytes.count < 256 else { throw malformed }
    switch format {
    case "EwsId": return Base64.text(head + [0, UInt8(bytes.count), 0] + bytes)
    case "HexEntryId":
      let digits = Array("0123456789ABCDEF".utf8)
      return String(
        decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
        as: UTF8.self
      )
    default: throw malformed
    }
  }
}
