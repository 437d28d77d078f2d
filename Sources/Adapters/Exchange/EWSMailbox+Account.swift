/// What an account can do that serves others, looked at without writing.
extension EWSMailbox {
  /// Signs in; returns the server's product and version.
  ///
  /// An account may have no mailbox.
  package func signIn() async throws -> String {
    do throws(EWSError) {
      let message = try await only(
        session.ask(GetFolder(folder: .distinguished("calendar", mailbox: nil)))
      )
      if message.responseClass == .error {
        throw EWSError(code: message.code, text: message.text, details: message.details)
      }
    } catch {
      // Who it is was settled before Exchange could say that there is no mailbox.
      guard case .notAllowed(let code, _) = error, EWSError.namesNoMailbox(code) else {
        throw error
      }
    }
    return await session.server?.description ?? "Exchange"
  }

  /// Whether folders may be made under the root of the public folders (`ews.md` 2.14).
  package func mayMakePublicFolders() async throws -> Bool {
    let message = try await only(
      session.ask(GetFolder(folder: .distinguished("publicfoldersroot", mailbox: nil)))
    )
    guard message.responseClass != .error else {
      throw EWSError(code: message.code, text: message.text, details: message.details)
    }
    guard let root = message.content.folders.first else {
      throw EWSError.unreadableReply("it names no root of the public folders")
    }
    return root.canHoldFolders
  }
}
