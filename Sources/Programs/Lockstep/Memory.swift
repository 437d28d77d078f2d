import Glibc

/// How the allocator is asked to keep the agent small.
enum Memory {
  /// One arena for all threads, and large blocks given back as soon as they are free.
  ///
  /// An agent works one step at a time: arenas for each thread would only keep what others freed.
  static func keepSmall() {
    mallopt(M_ARENA_MAX, 1)
    mallopt(M_MMAP_THRESHOLD, 64 << 10)
    mallopt(M_TRIM_THRESHOLD, 128 << 10)
  }
}
