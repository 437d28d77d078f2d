import SyncEngine
import SyncPlan
import TestGround
import Testing

/// Every scenario of a suite ends with the three-run rule (`promises.md` I5), and with an audit.
///
/// With nothing in its way any more, at most two runs settle each of its scenes, the third writes
/// nothing, and `verify` finds nothing.
struct ThreeRuns: SuiteTrait, TestTrait, TestScoping {
  /// The scenes of one test, in the order in which they were set.
  final class Scenes: Sendable {
    private let scenes = Locked<[Scene]>([])

    var all: [Scene] { scenes.withLock { $0 } }

    func add(_ scene: Scene) { scenes.withLock { $0.append(scene) } }
  }

  @TaskLocal private static var scenes: Scenes?

  /// From now on this scene has to settle before its test ends.
  static func add(_ scene: Scene) {
    guard let scenes else {
      Issue.record("a suite with scenes bears the trait .threeRuns")
      return
    }
    scenes.add(scene)
  }

  var isRecursive: Bool { true }

  @concurrent
  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing scenario: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let scenes = Scenes()
    try await Self.$scenes.withValue(scenes) {
      try await scenario()
      guard let reason = test.traits.lazy.compactMap({ ($0 as? Unsettled)?.reason }).first else {
        let expected = test.traits.lazy.compactMap { ($0 as? Finds)?.checks }.first ?? []
        for scene in scenes.all {
          try await scene.settle(sourceLocation: test.sourceLocation)
          let found = try await scene.cycle().verify().audit.findings
          #expect(
            Set(found.map(\.check)) == expected,
            "an audit found \(found)",
            sourceLocation: test.sourceLocation
          )
        }
        return
      }
      // A scenario that settles in spite of its reason needs no exception: that is an issue too.
      await withKnownIssue(Comment(rawValue: reason), sourceLocation: test.sourceLocation) {
        for scene in scenes.all { try await scene.settle(sourceLocation: test.sourceLocation) }
      }
    }
  }
}

/// A scenario that cannot end in three runs, and why.
struct Unsettled: TestTrait {
  let reason: String
}

/// A scenario after which an audit finds something for good, and why.
struct Finds: TestTrait {
  let checks: Set<AuditCheck>
  let reason: String
}

extension Trait where Self == Finds {
  static func finds(_ checks: AuditCheck..., for reason: String) -> Self {
    Self(checks: Set(checks), reason: reason)
  }
}

extension Trait where Self == ThreeRuns {
  static var threeRuns: Self { Self() }
}

extension Trait where Self == Unsettled {
  static func unsettled(_ reason: String) -> Self { Self(reason: reason) }
}
