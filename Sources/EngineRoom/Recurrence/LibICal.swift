internal import CIcal
import Glibc

/// The turn to use libical, which only one caller has at a time.
///
/// Its counters and tables are not safe from several threads (`facts/swift.md` section 5).
enum LibICal {
  private static let turn = Turn()

  static func exclusively<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    turn.take()
    defer { turn.give() }
    return try body()
  }
}

/// A mutex for the whole process; the pointer never changes and is never freed.
private final class Turn: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    icalerror_set_errors_are_fatal(0)
  }

  func take() { pthread_mutex_lock(mutex) }
  func give() { pthread_mutex_unlock(mutex) }
}

/// Text that libical allocated; freed with its owner.
struct ICalText: ~Copyable {
  private let start: UnsafeMutablePointer<CChar>

  init(owning start: UnsafeMutablePointer<CChar>) { self.start = start }

  deinit { icalmemory_free_buffer(start) }

  var bytes: [UInt8] {
    Array(UnsafeRawBufferPointer(start: start, count: strlen(start)))
  }
}

/// A libical component with everything in it; freed with its owner, unless given to a parent.
struct ICalTree: ~Copyable {
  let root: OpaquePointer

  init(owning root: OpaquePointer) { self.root = root }

  deinit { icalcomponent_free(root) }

  /// Makes it a part of another component, which owns it from now on.
  consuming func join(_ parent: borrowing ICalTree) {
    icalcomponent_add_component(parent.root, root)
    discard self
  }
}

/// A libical property; freed with its owner, unless given to a component.
struct ICalProperty: ~Copyable {
  let line: OpaquePointer

  init(owning line: OpaquePointer) { self.line = line }

  deinit { icalproperty_free(line) }

  consuming func join(_ component: borrowing ICalTree) {
    icalcomponent_add_property(component.root, line)
    discard self
  }
}
