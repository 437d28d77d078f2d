import Foundation
import TestGround

/// The sandbox's mailbox in the words of exchangelib, a client that nobody here has written.
enum MailboxReader {
  private static let account = """
    import hashlib, json, sys
    from exchangelib import (BASIC, DELEGATE, Account, CalendarItem, Configuration, Contact,
        Credentials, EWSTimeZone, ExtendedProperty, FailFast)
    from exchangelib.folders import Folder
    from exchangelib.version import Build, Version

    class Stamp(ExtendedProperty):
        distinguished_property_set_id = "PublicStrings"
        property_name = "x-lockstep-stamp"
        property_type = "String"

    class Mark(ExtendedProperty):
        distinguished_property_set_id = "PublicStrings"
        property_name = "x-lockstep-folder"
        property_type = "String"

    CalendarItem.register("stamp", Stamp)
    Contact.register("stamp", Stamp)
    Folder.register("mark", Mark)
    url, user, password = sys.argv[1:4]
    account = Account(user, autodiscover=False, access_type=DELEGATE,
        default_timezone=EWSTimeZone("UTC"), config=Configuration(service_endpoint=url,
        credentials=Credentials(user, password), max_connections=1, retry_policy=FailFast(),
        auth_type=BASIC, version=Version(build=Build(15, 2, 2562, 17))))

    """

  /// What a script prints that begins with `account`; nil where no Python here has exchangelib.
  static func answer(to script: String, in sandbox: Sandbox) async throws -> String? {
    let ready = sandbox.ready
    return try await PythonJudge.answer(
      to: account + script,
      [ready.exchange, ready.user, ready.password],
      importing: "exchangelib"
    )
  }

  /// The same, read as JSON.
  static func read<Value: Decodable>(
    _ type: Value.Type = Value.self,
    by script: String,
    in sandbox: Sandbox
  ) async throws -> Value? {
    guard let answer = try await answer(to: script, in: sandbox) else { return nil }
    return try JSONDecoder().decode(Value.self, from: Data(answer.utf8))
  }
}
