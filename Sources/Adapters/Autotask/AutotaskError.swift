package import HTTP
package import SyncModel

/// What a request was about, for sentences: an entity, perhaps one row of it, and who was asked.
package struct Subject: Hashable, Sendable, CustomStringConvertible {
  let entity: String
  let id: Int64?
  let server: String

  package var description: String {
    let row = id.map { " \($0)" } ?? ""
    return "\(entity)\(row) at \(server)"
  }
}

/// Why the PSA did not do what was asked, by cause (`autotask.md` 4.6 and 4.7).
///
/// `words` are the PSA's own, shortened, without secrets and without what was sent.
package enum AutotaskError: Error, Sendable {
  case badAddress(String)
  case unreachable(Subject, HTTPError)
  /// 401: user, secret or tracking identifier, or the user is locked.
  case unauthorized(Subject, words: String)
  /// The zone information knows no such API user.
  case unknownUser(server: String, words: String)
  case forbidden(Subject, words: String)
  /// A business error, mostly 500: for good.
  case refused(Subject, words: String)
  /// 404 or 405.
  case noSuchCall(Subject, status: Int)
  /// The tenant's requests of the hour are used up.
  case throttled(Subject, after: Duration)
  /// Three quarters of the tenant's requests of the hour are used.
  case leftToPeople(Subject, ThresholdInformation)
  /// More than three requests at a time at one endpoint, over all agents of the tenant.
  case tooManyAtOnce(Subject)
  /// The service, or a gateway before it, is in trouble.
  case outOfOrder(Subject, status: Int, after: Duration)
  case malformed(Subject, reason: String)
  /// Rows are missing that the PSA itself counts.
  case incomplete(Subject, brought: Int, of: Int)
  case endlessListing(Subject, reason: String)
  /// The next page lies on another server, which gets no credentials.
  case foreignPage(Subject)
  /// The tenant moved to another zone in the middle of a listing.
  case zoneMoved(server: String)
  case otherTenant(was: TenantID, now: TenantID)
  case noResource(AutotaskAccount.Resource)
  case inactiveResource(AutotaskAccount.Resource)
  case severalResources(mail: String, [ResourceID])
  /// A kind that was asked for as if its items were in a calendar.
  case noCalendarItem(Kind)
  /// The API user's security level shows nothing of a kind, which would look like nothing at all.
  case hidden(Kind, server: String)
  /// Asked for one resource's items where the account is for everybody's.
  case wholeTenant
}

extension AutotaskError: SyncFailure {
  package var remedy: Remedy {
    switch self {
    case .unreachable(_, .cancelled): .retry(after: .zero)
    case .unreachable(_, let error): error.isTransient ? .retry(after: .seconds(60)) : .stop
    case .unauthorized, .unknownUser: .signIn
    case .throttled(_, let pause), .outOfOrder(_, _, let pause): .retry(after: pause)
    case .leftToPeople: .retry(after: AutotaskError.pauseForPeople)
    case .tooManyAtOnce, .incomplete: .retry(after: .seconds(60))
    case .zoneMoved: .retry(after: .zero)
    case .badAddress, .forbidden, .refused, .noSuchCall, .malformed, .endlessListing,
      .foreignPage, .otherTenant, .noResource, .inactiveResource, .severalResources,
      .noCalendarItem, .wholeTenant:
      .stop
    // The kind is left alone with its reason.
    case .hidden: .skipItem
    }
  }

  package var description: String {
    switch self {
    case .badAddress(let address):
      """
      The PSA's address \(address) cannot be used. Write the web services' host, such as \
      https://webservices.autotask.net, as psa.entry_point, or leave it out.
      """
    case .unreachable(let subject, let error):
      "\(subject) was not reached. \(error)"
    case .unauthorized(let subject, let words):
      """
      The PSA refused the sign-in for \(subject).\(AutotaskError.quoted(words)) Check the API \
      user's name and secret and the tracking identifier (psa.user, psa.secret_…, \
      psa.integration_code), and that the user is active and not locked.
      """
    case .unknownUser(let server, let words):
      """
      The PSA at \(server) knows no zone for this API user.\(AutotaskError.quoted(words)) Check \
      the API user's name (psa.user); if it is right, the service may be in trouble: try again later.
      """
    case .forbidden(let subject, let words):
      """
      The API user has no rights to \(subject).\(AutotaskError.quoted(words)) Give its security \
      level the right to see and edit them.
      """
    case .refused(let subject, let words):
      "The PSA refuses \(subject).\(AutotaskError.quoted(words))"
    case .noSuchCall(let subject, let status):
      """
      The PSA does not know the call for \(subject) (status \(status)). Check that the PSA's \
      address is that of its web services.
      """
    case .throttled(let subject, let pause):
      """
      The PSA turned away the request for \(subject): too many requests in the last hour, all \
      integrations together. It goes on in \(pause.components.seconds) s.
      """
    case .leftToPeople(let subject, let threshold):
      """
      \(threshold.used) of the \(threshold.limit) requests that \(subject.server) allows in \
      \(threshold.minutes) minutes are used, all integrations together, and the last quarter is \
      left to people. It goes on in \(AutotaskError.pauseForPeople.components.seconds / 60) \
      minutes; `lockstep sync` goes on now.
      """
    case .tooManyAtOnce(let subject):
      """
      The PSA turned away the request for \(subject): three requests at a time is all it takes \
      for one tracking identifier. It goes on with the next run.
      """
    case .outOfOrder(let subject, let status, _):
      "\(subject) is out of order (status \(status)). It goes on when the service is back."
    case .malformed(let subject, let reason):
      """
      The answer for \(subject) cannot be used: \(reason). If this happens again, check that the \
      PSA's address is right and that no proxy answers in its place.
      """
    case .incomplete(let subject, let brought, let count):
      """
      The answer for \(subject) is incomplete: it brings \(brought) of the \(count) rows that the \
      PSA counts. Nothing is decided on it; it is asked again with the next run.
      """
    case .endlessListing(let subject, let reason):
      "The listing of \(subject) was given up: \(reason)."
    case .foreignPage(let subject):
      """
      The next page of \(subject) would be on another server, which is not given the API user's \
      secret. Tell the PSA's support.
      """
    case .zoneMoved(let server):
      "The PSA moved this tenant to \(server) while it was read. The next run reads there."
    case .otherTenant(let was, let now):
      """
      The API user now belongs to tenant \(now); it was \(was). Check the API user's name; if \
      the change is meant, run adopt.
      """
    case .noResource(.mail(let mail)):
      """
      No resource of the PSA has the mail address \(mail). Set psa.resource to the mail address \
      that the PSA knows, or to the resource's id.
      """
    case .noResource(.id(let id)):
      "The PSA shows no resource with the id \(id). Set psa.resource to its id or mail address."
    case .inactiveResource(.mail(let mail)):
      """
      The resource with the mail address \(mail) is inactive in the PSA. Activate it there, or \
      set another psa.resource.
      """
    case .inactiveResource(.id(let id)):
      "Resource \(id) is inactive in the PSA. Activate it there, or set another psa.resource."
    case .severalResources(let mail, let ids):
      """
      \(ids.count) active resources of the PSA have the mail address \(mail). Set psa.resource to \
      the id that is meant: \(ids.map(\.description).joined(separator: " or ")).
      """
    case .noCalendarItem(let kind):
      "The PSA has no calendar items of the kind \(kind.rawValue)."
    case .hidden(let kind, let server):
      """
      The API user may not see items of the kind \(kind.rawValue) at \(server), so nobody knows \
      which ones are there. Set its security level to view all of them, or switch this kind off.
      """
    case .wholeTenant:
      "This connection to the PSA is for the whole tenant, and one resource's items were asked for."
    }
  }

  /// A quarter of the usual time frame, after which a rolling count has changed.
  private static let pauseForPeople: Duration = .seconds(900)

  private static func quoted(_ words: String) -> String {
    words.isEmpty ? "" : " It says: “\(words)”"
  }
}

extension AutotaskError {
  /// What is known of a write that ended so.
  enum Trace {
    /// It was not sent, or turned away unread.
    case untouched
    /// It may have been done.
    case unsure
    case refused
  }

  var trace: Trace {
    switch self {
    case .unreachable(_, let error): error.mayHaveBeenActedOn ? .unsure : .untouched
    case .outOfOrder, .malformed: .unsure
    case .refused, .forbidden, .noSuchCall: .refused
    case .badAddress, .unauthorized, .unknownUser, .throttled, .leftToPeople, .tooManyAtOnce,
      .incomplete, .endlessListing, .foreignPage, .zoneMoved, .otherTenant, .noResource,
      .inactiveResource, .severalResources, .noCalendarItem, .hidden, .wholeTenant:
      .untouched
    }
  }
}
