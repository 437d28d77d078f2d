internal import XML

/// What a server says it is, by the four numbers of `ServerVersionInfo` (`ews.md` 1.6).
///
/// Its `Version` attribute is no name for `RequestServerVersion` and is not read.
struct ServerVersion: Sendable, Hashable {
  let major: Int
  let minor: Int
  let build: Int
  let revision: Int

  init(major: Int, minor: Int, build: Int, revision: Int) {
    self.major = major
    self.minor = minor
    self.build = build
    self.revision = revision
  }

  init?(_ attributes: XMLAttributes) {
    guard let major = attributes["MajorVersion"].flatMap({ Int($0) }),
      let minor = attributes["MinorVersion"].flatMap({ Int($0) })
    else { return nil }
    self.init(
      major: major,
      minor: minor,
      build: attributes["MajorBuildNumber"].flatMap { Int($0) } ?? 0,
      revision: attributes["MinorBuildNumber"].flatMap { Int($0) } ?? 0
    )
  }

  /// The product's name and generation.
  var product: String {
    switch (major, minor) {
    case (15, 0): build >= 847 ? "Exchange 2013 SP1" : "Exchange 2013"
    case (15, 1): "Exchange 2016"
    case (15, 2): build >= 2562 ? "Exchange Server SE" : "Exchange 2019"
    default: "Exchange"
    }
  }
}

extension ServerVersion: CustomStringConvertible {
  var description: String { "\(product) (\(major).\(minor).\(build).\(revision))" }
}

/// What a request declares itself to be written for, newest first.
///
/// The first is understood by every product from 2013 SP1 on; the others are steps down.
enum RequestServerVersion: String, Sendable, CaseIterable {
  case exchange2013SP1 = "Exchange2013_SP1"
  case exchange2013 = "Exchange2013"
  case exchange2010SP2 = "Exchange2010_SP2"

  /// The next one to try after `ErrorInvalidServerVersion`.
  var lower: RequestServerVersion? {
    switch self {
    case .exchange2013SP1: .exchange2013
    case .exchange2013: .exchange2010SP2
    case .exchange2010SP2: nil
    }
  }
}
