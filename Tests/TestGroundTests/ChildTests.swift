import Foundation
import Glibc
import TestGround
import Testing

@Suite struct ChildTests {
  @Test func `a program's code, words and complaints are told apart`() async throws {
    let run = try await Child.finished("sh", ["-c", "cat; echo no >&2; exit 3"], input: [97, 98])
    #expect(run.status == 3)
    #expect(run.bytes == [97, 98])
    #expect(run.errors == "no\n")
  }

  @Test func `what is longer than a pipe holds arrives whole, from both outlets`() async throws {
    let run = try await Child.finished(
      "sh",
      ["-c", "head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero"]
    )
    #expect(run.bytes.count == 1_000_000)
    #expect(run.errors.utf8.count == 1_000_000)
  }

  @Test func `a child has the folder and the environment that it was given`() async throws {
    let folder = try TemporaryFolder()
    let run = try await Child.finished(
      "sh",
      ["-c", #"pwd -P; echo "$GIVEN-${HOME:+kept}""#],
      environment: ["GIVEN": "word"],
      folder: folder.path
    )
    let path = URL(filePath: folder.path).resolvingSymlinksInPath().path
    #expect(run.output == "\(path)\nword-kept\n")
  }

  @Test func `a child inherits no descriptor but its streams`() async throws {
    let listener = try Listener(backlog: 1)
    let file = open("/dev/null", O_RDONLY)
    defer { close(file) }
    let run = try await Child.finished("ls", ["/proc/self/fd"])
    // The fourth is the folder that ls looks at.
    #expect(run.output.split(separator: "\n") == ["0", "1", "2", "3"])
    withExtendedLifetime(listener) {}
  }

  @Test func `lines come as they are printed`() async throws {
    let child = try Child("sh", ["-c", "echo one; echo; printf three; exec sleep 1000"])
    #expect(await child.line() == "one")
    #expect(await child.line() == "")
    #expect(child.isRunning)
    child.end()
    #expect(await child.line() == "three")
    #expect(await child.line() == nil)
    #expect(await child.ended() == -SIGKILL)
    #expect(!child.isRunning)
  }

  @Test func `a child is asked to end though this thread holds signals back`() async throws {
    let status = try await onThreadOfItsOwn {
      var (all, before) = (sigset_t(), sigset_t())
      sigfillset(&all)
      pthread_sigmask(SIG_BLOCK, &all, &before)
      defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
      return try Child("sleep", ["1000"])
    }
    status.terminate()
    #expect(await status.ended() == -SIGTERM)
  }

  @Test func `a child ends with the last that knows of it`() throws {
    let pid = try Child("sleep", ["1000"]).processIdentifier
    #expect(kill(pid, 0) != 0)
  }

  @Test func `a test that is cancelled takes its child along`() async throws {
    let child = try Child("sleep", ["1000"])
    let waiting = Task { await child.ended() }
    waiting.cancel()
    #expect(await waiting.value == -SIGKILL)
  }

  @Test func `a program that is not there is named`() async throws {
    let error = await #expect(throws: (any Error).self) {
      try await Child.finished("/nonexistent/lockstep-program")
    }
    #expect("\(try #require(error))".contains("/nonexistent/lockstep-program was not started: No "))
  }
}
