import Foundation
import Glibc

/// A PostgreSQL of its own: Debian's, in a temporary folder, reached by a unix socket there.
package final class PostgresCluster: Sendable {
  private let folder: TemporaryFolder
  private let child: Child
  private let programs: String
  private let user: [String]

  /// Nil, said aloud, where PostgreSQL is not installed.
  package static func started() async throws -> PostgresCluster? {
    let versions = "/usr/lib/postgresql"
    let names =
      FileManager.default.fileExists(atPath: versions)
      ? try FileManager.default.contentsOfDirectory(atPath: versions) : []
    let newest = names.compactMap { Int($0) }.max()
    guard let newest, Programs.isProgram("\(versions)/\(newest)/bin/initdb") else {
      print("SKIPPED: PostgreSQL is not installed")
      return nil
    }
    return try await PostgresCluster(programs: "\(versions)/\(newest)/bin")
  }

  private init(programs: String) async throws {
    folder = try TemporaryFolder()
    self.programs = programs
    // It refuses to run as root; Debian's package brings a user for it.
    var user: [String] = []
    if geteuid() == 0, let entry = getpwnam("postgres") {
      let (uid, gid) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
      guard chown(folder.path, uid, gid) == 0 else { throw NotStarted(words: "chown failed") }
      user = [
        "/usr/bin/setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups",
      ]
    }
    self.user = user
    let data = folder("data")
    let made = try await PostgresCluster.run(
      user + [
        "\(programs)/initdb", "--pgdata", data, "--username", "lockstep", "--auth", "trust",
        "--encoding", "UTF8", "--no-locale", "--no-sync",
      ]
    )
    guard made.status == 0 else { throw NotStarted(words: made.output + made.errors) }
    let start =
      user + [
        "\(programs)/postgres", "-D", data, "-k", folder.path, "-c", "listen_addresses=", "-c",
        "fsync=off", "-c", "max_connections=100",
      ]
    child = try Child(start[0], Array(start.dropFirst()))
    for _ in 0..<600 where child.isRunning {
      let ready = try await PostgresCluster.run(["\(programs)/pg_isready", "-h", folder.path])
      if ready.status == 0 { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw NotStarted(words: "it did not come up")
  }

  /// A new database; gives its address.
  package func database(_ name: String) async throws -> String {
    let made = try await PostgresCluster.run(
      ["\(programs)/createdb", "-h", folder.path, "-U", "lockstep", name]
    )
    guard made.status == 0 else { throw NotStarted(words: made.errors) }
    let host = folder.path.replacing("/", with: "%2F")
    return "postgres://lockstep@/\(name)?host=\(host)"
  }

  /// What a query gives, one line for each row.
  package func query(_ sql: String, in name: String) async throws -> String {
    let run = try await PostgresCluster.run(
      ["\(programs)/psql", "-h", folder.path, "-U", "lockstep", "-d", name, "-Atqc", sql]
    )
    guard run.status == 0 else { throw NotStarted(words: run.errors) }
    return run.output
  }

  package func stop() async {
    child.terminate()
    await child.ended()
  }

  private static func run(_ words: [String]) async throws -> Finished {
    try await Child.finished(words[0], Array(words.dropFirst()), folder: "/")
  }

  struct NotStarted: Error { let words: String }
}
