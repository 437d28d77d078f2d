import HTTP
import Store
import SyncModel
import Testing

@testable import Autotask
@testable import Exchange
@testable import Lockstep
@testable import Settings

/// Each failure that `doctor` can meet, with words that have to stand in its mend.
@Suite struct MendTests {
  private let mend = Mend(file: "/home/ann/settings.toml")
  private static let subject = Subject(entity: "Appointments", id: nil, server: "psa.example.com")

  @Test(arguments: [
    (
      HTTPError.nameNotFound(host: "mail.example.com:444"),
      ["`server`", "getent hosts mail.example.com`"]
    ),
    (.connectionRefused(host: "h"), ["port", "`server`", "administrator"]),
    (.connectionFailed(host: "h", reason: "no route"), ["network"]),
    (.timedOut(host: "h", phase: .connecting), ["port", "firewall"]),
    (.timedOut(host: "h", phase: .waitingForAnswer), ["few minutes"]),
    (.connectionLost(host: "h"), ["few minutes"]),
    (.plainHTTP(host: "h"), ["https"]),
    (.redirectRefused(host: "h", target: "other.example.com"), ["other.example.com"]),
  ])
  func `on the way to a server`(error: HTTPError, words: [String]) {
    expect(words, EWSError.transport(error), .exchange)
    let psa = words.map { $0 == "`server`" ? "`entry_point`" : $0 }
      .filter { $0 != "administrator" }
    expect(psa, AutotaskError.unreachable(Self.subject, error), .psa)
  }

  @Test(arguments: [
    (TLSRefusal.expired, ["timedatectl", "renew"]),
    (.notYetValid, ["timedatectl"]),
    (.wrongHost, ["`server`", "subjectAltName"]),
    (.selfSigned, ["`ca_file`", "not over this connection"]),
    (.unknownAuthority, ["`ca_file`", "-issuer"]),
    (.revoked, ["administrator", "nothing in the settings"]),
    (.weak, ["administrator"]),
    (.wrongUsage, ["administrator"]),
    (.pinMismatch, ["`pinned_key`", "do not go on"]),
    (.oldProtocol, ["administrator"]),
    (.noCommonCipher, ["administrator"]),
    (.clientCertificateWanted, ["administrator"]),
    (.notTLS, ["port"]),
    (.authorityFileUnreadable(path: "/x.pem"), ["`ca_file`", "PEM"]),
    (.other(reason: "x"), ["s_client"]),
  ])
  func `in the handshake`(refusal: TLSRefusal, words: [String]) {
    expect(words, EWSError.transport(.tls(host: "mail.example.com", refusal: refusal)), .exchange)
  }

  @Test(arguments: [
    (
      EWSError.signInRefused(byTicket: false),
      ["`user`", "`authentication`", "www-authenticate", "Outlook on the web", "'lockstep sync'"]
    ),
    (.signInRefused(byTicket: true), ["kinit", "`authentication`"]),
    (.status(401, retryAfter: nil), ["`user`"]),
    (.status(403, retryAfter: nil), ["EwsEnabled"]),
    (.status(404, retryAfter: nil), ["`virtual_directory`"]),
    (.status(405, retryAfter: nil), ["`virtual_directory`"]),
    (.status(407, retryAfter: nil), ["proxy"]),
    (.status(456, retryAfter: nil), ["unlock"]),
    (.status(457, retryAfter: nil), ["Change the password"]),
    (.status(503, retryAfter: nil), ["few minutes"]),
    (.notExchange("its content type is text/html"), ["`virtual_directory`", "proxy"]),
    (.accountUnusable(code: "ErrorAccountDisabled", text: ""), ["enable the account"]),
    (.notAllowed(code: "ErrorAccessDenied", text: ""), ["`mailbox`", "editor"]),
    (
      .notAllowed(code: "ErrorNonExistentMailbox", text: ""),
      ["Set `mailbox`", "primary mail address"]
    ),
    (.versionRefused, ["2010 SP2"]),
    (.throttled(after: .seconds(9)), ["few minutes"]),
    (.outage("a page"), ["few minutes"]),
  ])
  func `what Exchange answers`(error: EWSError, words: [String]) {
    expect(words, error, .exchange)
  }

  @Test(arguments: [
    (AutotaskError.unauthorized(subject, words: ""), ["`integration_code`", "not locked"]),
    (.unknownUser(server: "h", words: ""), ["`user`"]),
    (.forbidden(subject, words: ""), ["security level"]),
    (.hidden(.serviceCall, server: "psa.example.com"), ["security level", "view all"]),
    (.noSuchCall(subject, status: 404), ["`entry_point`"]),
    (.malformed(subject, reason: "no JSON"), ["`entry_point`"]),
    (.noResource(.mail("ann@example.com")), ["`resource`"]),
    (.severalResources(mail: "ann@example.com", []), ["`resource`"]),
    (.inactiveResource(.id(ResourceID(7))), ["Activate", "`resource`"]),
    (.badAddress("x"), ["`entry_point`"]),
    (.throttled(subject, after: .seconds(60)), ["few minutes"]),
    (.incomplete(subject, brought: 0, of: 1), ["few minutes"]),
    (.outOfOrder(subject, status: 500, after: .seconds(60)), ["few minutes"]),
    (.otherTenant(was: TenantID(1), now: TenantID(2)), ["'lockstep adopt'"]),
  ])
  func `what the PSA answers`(error: AutotaskError, words: [String]) {
    expect(words, error, .psa)
  }

  @Test(arguments: [
    (SecretFailure.Cause.absent, ["`password_keyring`"]),
    (.keyringLocked, ["Unlock"]),
    (.keyringAway, ["desktop"]),
    (.keyringToolMissing("secret-tool"), ["Install"]),
    (.commandFailed(status: 127), ["spelling", "PATH"]),
    (.commandFailed(status: 1), ["by hand"]),
    (.tookTooLong, ["within a minute"]),
    (.openFile("/home/ann/pass word"), ["chmod 600 '/home/ann/pass word'"]),
    (.foreignFile("/p"), ["`password_file`"]),
    (.unreadable("/p", "no"), ["/p", "`password_file`"]),
    (.empty, ["one line"]),
    (.noText, ["one line"]),
  ])
  func `where a password should be`(cause: SecretFailure.Cause, words: [String]) {
    expect(words, SecretFailure(cause, of: "the password", in: []), .exchange)
    let secret = words.map { $0.replacing("password_", with: "secret_") }
    expect(secret, SecretFailure(cause, of: "the secret", in: []), .psa)
  }

  @Test(arguments: [
    (StoreFailure.newer(file: "/c"), ["Install that version", "'lockstep adopt'"]),
    (.older(file: "/c"), ["'lockstep sync'"]),
    (.damaged(file: "/c"), ["/c", "'lockstep adopt'"]),
    (.foreign(file: "/c"), ["`cache_directory`"]),
    (.noAccess(path: "/c", words: "no"), ["ls -ld", "`cache_directory`"]),
    (.full(file: "/c"), ["room"]),
    (.broken(file: "/c", code: 10), ["disk"]),
    (.busy(file: "/c"), ["has it open"]),
    (.malformed(file: "/a.agent"), ["/a.agent", "--take-over"]),
  ])
  func `what lies on this machine`(failure: StoreFailure, words: [String]) {
    expect(words, failure, .exchange)
  }

  @Test(arguments: [
    (3, "The key mailbux is not known.", ["settings.example.toml"]),
    (nil, "There is no such file.", ["Copy", "--config"]),
    (nil, "This file belongs to somebody else.", ["ls -l '/home/ann/my settings.toml'"]),
  ])
  func `what the settings file is`(line: Int?, sentence: String, words: [String]) {
    let problem = SettingsRefusal.Problem(line: line, sentence: sentence)
    expect(
      words,
      SettingsRefusal(file: "/home/ann/my settings.toml", problems: [problem]),
      .exchange
    )
  }

  /// All words, and a place to go to where a setting is named.
  private func expect(_ words: [String], _ error: any Error, _ place: Mend.Place) {
    let text = mend.mend(for: error, at: place) ?? ""
    for word in words { #expect(text.contains(word), "\(error)") }
    let isSetting = text.contains("under [")
    #expect(!isSetting || text.contains("under [\(place.rawValue)] in /home/ann/settings.toml"))
    #expect(!text.contains(place == .psa ? "[exchange]" : "[psa]"))
  }
}
