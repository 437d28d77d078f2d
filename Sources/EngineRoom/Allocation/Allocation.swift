internal import CMalloc

/// How the C library's allocator is asked to keep the process small.
package enum Allocation {
  /// One arena for all threads, and large blocks given back as soon as they are free.
  ///
  /// An agent works one step at a time: an arena for each thread would only keep what others freed.
  package static func keepSmall() {
    _ = malloc_set_arenas(1)
    _ = malloc_set_map_threshold(64 << 10)
    _ = malloc_set_trim_threshold(128 << 10)
  }
}
