internal import Glibc

/// What a process leaves behind it on the disk.
package enum Traces {
  /// No image of the memory after a crash, for passwords lie in it; for this process and all that it
  /// starts.
  package static func forbidCoreFiles() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }

  /// New files are their owner's alone, whatever the shell's habit is.
  package static func keepToOwner() {
    umask(0o077)
  }
}
