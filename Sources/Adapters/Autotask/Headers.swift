import HTTP

/// The headers that every call carries but the zone information (`autotask.md` 4.2).
enum Headers {
  static func all(of account: AutotaskAccount, withBody: Bool) -> [HTTPHeader] {
    let credentials = [
      HTTPHeader("ApiIntegrationCode", account.integrationCode.reveal()),
      HTTPHeader("UserName", account.user),
      HTTPHeader("Secret", account.secret.reveal()),
    ]
    return credentials + open + (withBody ? [HTTPHeader("Content-Type", "application/json")] : [])
  }

  /// What is said without telling who asks.
  static let open = [HTTPHeader("Accept", "application/json")]
}
