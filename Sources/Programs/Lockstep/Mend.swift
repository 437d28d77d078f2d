import Autotask
import Exchange
import HTTP
import RegistryAPI
import RegistryClient
import Settings
import Store
import SyncModel

/// What helps against each failure that `doctor` can meet: what to change, and where.
struct Mend {
  /// Whose settings and whose people are meant.
  enum Place: String {
    case exchange, psa, registry

    var table: String { "[\(rawValue)]" }
  }

  /// The settings file.
  let file: String

  /// What a failure at one of the sides asks for; nil where its own sentence says it all.
  func mend(for error: any Error, at place: Place) -> String? {
    switch error {
    case let error as EWSError: mend(error)
    case let error as AutotaskError: mend(error)
    case let error as RegistryFailure: mend(error)
    case let error as HTTPError: mend(error, place)
    case let error as SecretFailure: mend(error, place)
    default: mend(for: error)
    }
  }

  /// What a failure on this machine asks for.
  func mend(for error: any Error) -> String? {
    switch error {
    case let error as StoreFailure: mend(error)
    case let error as SettingsRefusal: mend(error)
    case is ProfileRefusal:
      "'lockstep profile set KEY=' takes a choice back, or mend the file with an editor."
    case let failure as any SyncFailure: mend(failure.remedy)
    default: nil
    }
  }

  private func mend(_ remedy: Remedy) -> String? {
    switch remedy {
    case .retry: Mend.passes
    case .signIn: "Mend the user or the password in \(file), then run 'lockstep sync' once."
    case .skipItem: nil
    case .stop: "Mend it in \(file)."
    }
  }

  private static let passes = "Nothing to mend if it passes: look again in a few minutes."

  private func set(_ keys: String, _ place: Place) -> String {
    "\(keys) under \(place.table) in \(file)"
  }

  private func keys(_ place: Place) -> String {
    switch place {
    case .exchange: set("`server` (or `url`)", place)
    case .psa: set("`entry_point` (or `url`)", place)
    case .registry: set("`url`", place)
    }
  }

  private func administrator(_ place: Place) -> String {
    switch place {
    case .exchange: "the Exchange administrator"
    case .psa: "the PSA's support, or whoever runs a proxy on the way,"
    case .registry: "the registry's admin"
    }
  }
}

// MARK: The way to a server

extension Mend {
  private func mend(_ error: HTTPError, _ place: Place) -> String {
    switch error {
    case .badURL, .badRequest:
      return "Mend \(keys(place))."
    case .plainHTTP:
      return "Write https in \(keys(place))."
    case .nameNotFound(let host):
      return
        "Check the spelling of \(keys(place)). If it is right, this machine's network or VPN is "
        + "down: `getent hosts \(Mend.name(host))` must print an address."
    case .connectionRefused:
      return "Check name and port of \(keys(place)). If they are right, the server is down or a "
        + "firewall turns this machine away: ask \(administrator(place)) then."
    case .connectionFailed:
      return "Check this machine's network and VPN."
    case .timedOut(_, .connecting):
      return "Check the port of \(keys(place)), and this machine's VPN: a firewall swallows the "
        + "connection."
    case .timedOut(_, .waitingForAnswer), .connectionLost, .cutOff, .malformedAnswer, .unexpected:
      return "Look again in a few minutes; if it stays, ask \(administrator(place)) for the reason."
    case .tls(let host, let refusal):
      return mend(refusal, host, place)
    case .redirectRefused(_, let target):
      return "If \(target) is the right server, name it in \(keys(place))."
    case .tooManyRedirects, .tooLarge:
      return "Check \(keys(place)): what answers there is not what is wanted."
    case .cancelled, .consumer:
      return Mend.passes
    }
  }

  private func mend(_ refusal: TLSRefusal, _ host: String, _ place: Place) -> String {
    let certificate =
      "`openssl s_client -connect \(host.contains(":") ? host : host + ":443") </dev/null "
      + "| openssl x509 -noout"
    switch refusal {
    case .expired:
      return "Check this machine's clock (`timedatectl`). If it is right, \(administrator(place)) "
        + "has to renew the certificate; nothing in the settings helps."
    case .notYetValid:
      return "Set this machine's clock (`timedatectl`)."
    case .wrongHost:
      return "Name the server in \(keys(place)) as its certificate does: "
        + "\(certificate) -ext subjectAltName` lists the names."
    case .selfSigned:
      return
        "Get the certificate as a file from \(administrator(place)), not over this connection, "
        + "and name the file as \(set("`ca_file`", place))."
    case .unknownAuthority:
      return "Get the certificate of the authority that signed it from \(administrator(place)) and "
        + "name the file as \(set("`ca_file`", place)); \(certificate) -issuer` says which one."
    case .revoked, .weak, .wrongUsage, .oldProtocol, .noCommonCipher, .clientCertificateWanted:
      return "Only \(administrator(place)) can mend that on the server; nothing in the settings "
        + "helps."
    case .pinMismatch:
      return
        "Ask \(administrator(place)) whether the key was renewed. If it was, write the new one "
        + "as \(set("`pinned_key`", place)); if not, do not go on: somebody is in between."
    case .notTLS:
      return "Check the port of \(keys(place))."
    case .authorityFileUnreadable:
      return "\(set("`ca_file`", place)) must name a PEM file that you may read."
    case .other:
      return "Ask \(administrator(place)) about the server's TLS; "
        + "`openssl s_client -connect \(host)` shows more."
    }
  }

  private static func name(_ host: String) -> Substring { host.prefix { $0 != ":" } }
}

// MARK: The servers' answers

extension Mend {
  private func mend(_ error: EWSError) -> String? {
    let path = set("`virtual_directory`", .exchange)
    switch error {
    case .transport(let error):
      return mend(error, .exchange)
    case .signInRefused(byTicket: true):
      return "Get a ticket with kinit for the account that Exchange knows, or set another "
        + "\(set("`authentication`", .exchange)); then run 'lockstep sync' once."
    case .signInRefused(byTicket: false), .status(401, _), .status(440, _), .status(449, _):
      return
        "Check \(set("`user`, `authentication` and where the password comes from", .exchange)): "
        + "the same name and password must open Outlook on the web, and the server must take that "
        + "kind of sign-in (`curl -si ADDRESS | grep -i ^www-authenticate` lists its kinds). Then "
        + "run 'lockstep sync' once: too many refusals lock an account."
    case .status(457, _):
      return "Change the password in Outlook on the web, and store the new one where "
        + "\(set("the password", .exchange)) comes from."
    case .status(456, _), .accountUnusable:
      return "Ask the Exchange administrator to unlock or enable the account."
    case .status(403, _):
      return "Ask the Exchange administrator to allow EWS for this mailbox and this program "
        + "(`Get-CASMailbox`: EwsEnabled, EwsApplicationAccessPolicy)."
    case .notAllowed(let code, _) where EWSError.namesNoMailbox(code):
      return "Set \(set("`mailbox`", .exchange)) to the person's primary mail address; ask the "
        + "Exchange administrator which one it is (`Get-Mailbox`: PrimarySmtpAddress)."
    case .notAllowed:
      return
        "Check \(set("`mailbox`", .exchange)); if it is right, ask the Exchange administrator to "
        + "give the account the rights of an editor on its calendar."
    case .status(404, _), .status(405, _), .status(411, _):
      return "Check \(path), usually EWS/Exchange.asmx, and \(keys(.exchange))."
    case .notExchange:
      return "Check \(keys(.exchange)) and `virtual_directory`; a web page there may also be a "
        + "proxy's or a firewall's own sign-in."
    case .status(407, _):
      return "This machine's proxy has to let the server through without a sign-in."
    case .versionRefused:
      return "The server needs Exchange 2010 SP2 or later."
    case .requestRefused:
      return nil
    default:
      return mend(error.remedy)
    }
  }

  private func mend(_ error: AutotaskError) -> String? {
    switch error {
    case .unreachable(_, let error):
      return mend(error, .psa)
    case .badAddress:
      return "Mend \(keys(.psa)), or leave both out."
    case .unauthorized:
      return
        "Check \(set("`user`, `integration_code` and where the secret comes from", .psa)), and in "
        + "the PSA that the API user is active and not locked. Then run 'lockstep sync' once."
    case .unknownUser:
      return "Check \(set("`user`", .psa)): the API user's name, which looks like a mail address."
    case .forbidden:
      return "Give the API user's security level in the PSA the right to see and edit them."
    case .noSuchCall, .malformed:
      return "Check \(keys(.psa)): it has to be that of the PSA's web services."
    case .noResource, .severalResources:
      return "Set \(set("`resource`", .psa)) to the person's mail address in the PSA, or to the "
        + "resource's id."
    case .inactiveResource:
      return "Activate the resource in the PSA, or set another \(set("`resource`", .psa))."
    case .otherTenant:
      return "Check \(set("`user`", .psa)); if the change is meant, run 'lockstep adopt'."
    case .hidden:
      return "Give the API user's security level in the PSA the right to view all of them."
    case .refused, .foreignPage, .noCalendarItem:
      return nil
    default:
      return mend(error.remedy)
    }
  }
}

extension Mend {
  private func mend(_ failure: RegistryFailure) -> String? {
    switch failure {
    case .unreachable(_, let error):
      return mend(error, .registry)
    case .refused(_, let problem) where problem.code == .forbidden:
      return "The registry's admin decides that; nothing has to be mended here."
    case .refused where failure.closesDoor:
      return
        "Where another agent serves this calendar, leave it to that one and stop this one. Else "
        + "ask the registry's admin for a code and run 'lockstep init --settings "
        + "\(Invocation.quoted(file)) --code CODE'."
    case .noRegistry, .malformed:
      return "Check \(keys(.registry)); a web page there may also be a proxy's own sign-in."
    case .refused, .outOfOrder:
      return mend(failure.remedy)
    }
  }
}

// MARK: This machine

extension Mend {
  private func mend(_ failure: SecretFailure, _ place: Place) -> String {
    if place == .registry {
      return
        "Only its owner may read that file, and it holds one line: `chmod 600` it. Where it is "
        + "lost, ask the registry's admin for a code and run 'lockstep init --settings "
        + "\(Invocation.quoted(file)) --code CODE'."
    }
    let key = place == .exchange ? "password" : "secret"
    let places = set(
      "`\(key)_command`, `\(key)_keyring`, `\(key)_credential` or `\(key)_file`",
      place
    )
    switch failure.cause {
    case .absent:
      return "Store it there, or name another place with \(places)."
    case .keyringLocked:
      return "Unlock the keyring, which signing in to the desktop does."
    case .keyringAway:
      return "Sign in to the desktop once, or name another place with \(places)."
    case .keyringToolMissing:
      return "Install it, or name another place with \(places)."
    case .commandFailed(127):
      return "Check the spelling of \(set("`\(key)_command`", place)), and that the program is on "
        + "the PATH."
    case .commandFailed, .tookTooLong:
      return
        "Run \(set("`\(key)_command`", place)) by hand: without a terminal and within a minute "
        + "it has to print the \(key) and end with 0."
    case .openFile(let path):
      return "`chmod 600 \(Invocation.quoted(path))`"
    case .foreignFile(let path):
      return "Keep a file of your own, and name it as \(set("`\(key)_file`", place)) instead of "
        + "\(path)."
    case .unreadable(let path, _):
      return "Check that \(path) is there and yours, or name another file as "
        + "\(set("`\(key)_file`", place))."
    case .empty, .noText:
      return "What is stored there has to be the \(key) and nothing else, on one line."
    }
  }

  private func mend(_ refusal: SettingsRefusal) -> String {
    guard let whole = refusal.problems.first(where: { $0.line == nil })?.sentence else {
      return "share/lockstep/settings.example.toml shows and explains all keys."
    }
    return whole.contains("no such file")
      ? "Copy share/lockstep/settings.example.toml there (`install -m 600`) and fill it in, or name "
        + "another file with --config."
      : "It has to be a text file of your own, which nobody else may write: "
        + "`ls -l \(Invocation.quoted(refusal.file))`."
  }

  private func mend(_ failure: StoreFailure) -> String? {
    switch failure {
    case .newer:
      return "Install that version again. This one is \(Lockstep.version); it can only begin anew: "
        + "move the file away, then run 'lockstep adopt'."
    case .older:
      return "'lockstep sync' brings it up to date."
    case .damaged(let file), .unreadable(let file, _):
      return "Move \(file) away and run 'lockstep adopt'; nothing in the calendars is lost."
    case .foreign(let file), .noAccess(let file, _):
      return "Check whose \(file) is (`ls -ld`), or set another `cache_directory` in \(self.file)."
    case .closedLog(let file):
      return "Give yourself the right to write beside \(file) (`ls -ld`), or copy its folder and "
        + "set `cache_directory` in \(self.file) to the copy."
    case .full:
      return "Make room on that disk; runs go on from where they stopped."
    case .broken:
      return "Check the disk (`dmesg`), then move the cache away and run 'lockstep adopt'."
    case .busy, .locked:
      return "Another program has it open, such as a backup: look again when that has ended."
    case .malformed(let file):
      return "Restore \(file) from a backup. Without one, move it away and run "
        + "'lockstep init --settings \(Invocation.quoted(self.file)) --take-over'."
    default:
      return mend(failure.remedy)
    }
  }
}
