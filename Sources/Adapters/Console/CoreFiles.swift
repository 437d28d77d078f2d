internal import Glibc

/// What a crash leaves behind: no image of the memory, in which passwords lie.
package enum CoreFiles {
  /// For this process and all that it starts.
  package static func forbid() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }
}
