import Console
import HTTP
import RegistryAPI
import RegistryClient
import Settings
import SyncModel

extension Wiring {
  /// Gives a code for this agent's own key to the registry, and keeps that beside the settings.
  ///
  /// Without a resource the code alone says whose agent this becomes.
  func enrol(
    _ code: String,
    takesOver: Bool,
    for resource: ResourceID?
  ) async throws -> Enrolment {
    guard let registry = settings.registry else {
      throw StopFailure(
        "\(settings.file) names no registry. Write its address as `url` under [registry]."
      )
    }
    let request = EnrolmentRequest(
      code: EnrolmentCode.normalised(code),
      agent: try agent(),
      machine: Wiring.machine,
      version: Lockstep.version,
      takesOver: takesOver,
      resource: resource?.rawValue
    )
    let enrolment = try await self.registry(registry, nil, patience: .seconds(20)).use {
      try await $0.enrol(request)
    }
    if let resource, enrolment.resource != resource.rawValue {
      throw StopFailure(
        "The code is for resource \(enrolment.resource) (\(enrolment.resourceName)), and these "
          + "settings serve resource \(resource). The code is used up, and this agent keeps no key "
          + "for it. Ask the registry's admin for a code of the right resource, or mend `resource` "
          + "under [psa] in \(settings.file)."
      )
    }
    try registry.keep(Secret(enrolment.token))
    return enrolment
  }
}

/// Of `init --code`: whom the registry knows this agent as.
struct EnrolmentLine: Encodable, CustomStringConvertible {
  let resource: Int64
  let resourceName: String
  let expires: String
  private let until: Instant

  private enum CodingKeys: String, CodingKey { case resource, resourceName, expires }

  init(_ enrolment: Enrolment) {
    resource = enrolment.resource
    resourceName = enrolment.resourceName.split(whereSeparator: \.isNewline).joined(separator: " ")
    expires = enrolment.expires.description
    until = enrolment.expires.instant
  }

  var description: String {
    "Registry  enrolled as \(resourceName) (resource \(resource)) until "
      + WallClock.shownWithZone(until)
  }
}
