/// What the synchronization account can do on the Exchange server, tried without writing anything.
///
/// Each throws an error whose description is a sentence for people.
package protocol AccountProbe: Sendable {
  /// Signs in; returns the server's product and version.
  func signIn() async throws -> String
  /// Opens the calendar of another mailbox in that person's name.
  func impersonate(_ mailbox: String) async throws
  /// Whether the account may make folders under the root of the public folders.
  func mayMakePublicFolders() async throws -> Bool
}
