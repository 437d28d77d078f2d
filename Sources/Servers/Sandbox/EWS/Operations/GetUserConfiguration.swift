import World
import XML

extension EWSDesk {
  func getUserConfiguration(_ mailbox: Mailbox) throws(EWSFault) -> [UInt8] {
    guard let name = operation.child("UserConfigurationName"), let title = name["Name"],
      let folder = name.children.first
    else { throw .schema("The element 'UserConfigurationName' is not valid.") }
    let wanted = Set(
      (operation.child("UserConfigurationProperties")?.text ?? "").split(separator: " ")
    )
    guard !wanted.isEmpty else {
      throw .schema("The element 'UserConfigurationProperties' is missing.")
    }
    var reply = EWSReply("GetUserConfiguration", from: build)
    do throws(EWSRefusal) {
      let id = try folderID(folder, in: mailbox)
      guard let configuration = mailbox.userConfiguration(title, in: id) else {
        throw EWSRefusal(Mailbox.Refusal(.errorItemNotFound))
      }
      reply.success { writer in
        writer.start("m:UserConfiguration")
        writer.start("t:UserConfigurationName", [("Name", title)])
        writer.start("t:\(folder.name)", [("Id", folder["Id"] ?? "")])
        writer.end()
        writer.end()
        if wanted.contains("All") || wanted.contains("Dictionary") {
          writer.start("t:Dictionary")
          for (key, value) in configuration.entries.sorted(by: { $0.key < $1.key }) {
            writer.start("t:DictionaryEntry")
            for (name, text) in [("t:DictionaryKey", key), ("t:DictionaryValue", value)] {
              writer.start(name)
              writer.leaf("t:Type", "String")
              writer.leaf("t:Value", text)
              writer.end()
            }
            writer.end()
          }
          writer.end()
        }
        writer.end()
      }
    } catch {
      reply.error(error)
    }
    return reply.finished()
  }
}
