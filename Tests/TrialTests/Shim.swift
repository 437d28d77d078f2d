import Foundation
import TestGround

/// A library put before the system's: what a program writes to its cache fails at one call, and its
/// clock can be wrong.
///
/// This stands for a full disk and a failing one: `cc` builds it, no right is needed, and SQLite's own
/// VFS is above it. What counts are the calls of the system on files below the cache folder.
struct Shim {
  enum Fault: String, CaseIterable {
    /// One call fails, the next ones work.
    case error = "EIO"
    /// From this call on the disk is full.
    case full = "ENOSPC"
  }

  private let library: String
  private let folder: TemporaryFolder

  /// Built once for all trials; nil where there is no C compiler.
  private static let built = Task { try await build() }
  private static let place = Result { try TemporaryFolder() }

  /// Nil, said aloud, where there is no C compiler.
  init?() async throws {
    guard let built = try await Self.built.value else {
      print("SKIPPED: there is no C compiler here, no disk was full and no clock wrong")
      return nil
    }
    library = built
    folder = try TemporaryFolder()
    try folder.write("clock", [UInt8](repeating: 0, count: 8))
  }

  private static func build() async throws -> String? {
    guard let cc = ["cc", "clang", "gcc"].compactMap(Programs.found).first else { return nil }
    let folder = try place.get()
    let source = try folder.write("shim.c", Self.source)
    let library = folder("shim.so")
    let arguments = ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl", "-lpthread"]
    let built = try await Child.finished(cc, arguments)
    guard built.status == 0 else { throw TrialProblem("the shim was not built: \(built.errors)") }
    return library
  }

  /// The environment of a program under it; `call` counts from 1.
  func environment(failing call: Int? = nil, with fault: Fault = .error) -> [String: String] {
    var variables = [
      "LD_PRELOAD": library, "SHIM_CLOCK": folder("clock"), "SHIM_COUNT": folder("count"),
    ]
    if let call {
      variables["SHIM_CALL"] = "\(call)"
      variables["SHIM_FAULT"] = fault.rawValue
    }
    return variables
  }

  /// How many calls the last program made that ended by itself.
  func calls() throws -> Int {
    guard let number = Int(try String(contentsOfFile: folder("count"), encoding: .utf8)) else {
      throw TrialProblem("the shim counted nothing")
    }
    return number
  }

  /// Every clock under it is wrong by so many seconds from now on, also in programs at work.
  func setClock(_ seconds: Int) throws {
    let file = try FileHandle(forWritingTo: URL(filePath: folder("clock")))
    withUnsafeBytes(of: Int64(seconds)) { file.write(Data($0)) }
    try file.close()
  }

  private static let source = #"""
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <fcntl.h>
    #include <pthread.h>
    #include <stdint.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/mman.h>
    #include <sys/time.h>
    #include <time.h>
    #include <unistd.h>

    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static long done, target;
    static int isFull;
    static volatile int64_t none, *offset = &none;

    __attribute__((constructor)) static void begin(void) {
      const char *call = getenv("SHIM_CALL"), *fault = getenv("SHIM_FAULT");
      const char *clock = getenv("SHIM_CLOCK");
      if (call) target = atol(call);
      isFull = fault && !strcmp(fault, "ENOSPC");
      int file = clock ? open(clock, O_RDONLY | O_CLOEXEC) : -1;
      if (file >= 0) {
        void *map = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
        if (map != MAP_FAILED) offset = map;
        close(file);
      }
    }

    __attribute__((destructor)) static void end(void) {
      const char *count = getenv("SHIM_COUNT");
      FILE *file = count ? fopen(count, "w") : 0;
      if (file) { fprintf(file, "%ld", done); fclose(file); }
    }

    static int isCache(const char *path) { return strstr(path, "/cache/cache.sqlite") != 0; }

    /* Whether this call fails; a full disk refuses only what needs room. */
    static int fails(int counts, int needsRoom) {
      if (!counts) return 0;
      pthread_mutex_lock(&lock);
      done++;
      int isTime = target && (isFull ? done >= target && needsRoom : done == target);
      pthread_mutex_unlock(&lock);
      if (isTime) errno = isFull ? ENOSPC : EIO;
      return isTime;
    }

    static int isOpen(int fd) {
      char link[64], path[4096];
      snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
      ssize_t length = readlink(link, path, sizeof path - 1);
      if (length < 0) return 0;
      path[length] = 0;
      return isCache(path);
    }

    #define REAL(type, name, ...) \
      static type (*real)(__VA_ARGS__); if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

    #define PREAD(name, off) ssize_t name(int fd, void *b, size_t n, off o) { \
      REAL(ssize_t, #name, int, void *, size_t, off); \
      return fails(isOpen(fd), 0) ? -1 : real(fd, b, n, o); }
    PREAD(pread, off_t)
    PREAD(pread64, off64_t)

    #define PWRITE(name, off) ssize_t name(int fd, const void *b, size_t n, off o) { \
      REAL(ssize_t, #name, int, const void *, size_t, off); \
      return fails(isOpen(fd), 1) ? -1 : real(fd, b, n, o); }
    PWRITE(pwrite, off_t)
    PWRITE(pwrite64, off64_t)

    #define TRUNCATE(name, off) int name(int fd, off o) { \
      REAL(int, #name, int, off); \
      return fails(isOpen(fd), 1) ? -1 : real(fd, o); }
    TRUNCATE(ftruncate, off_t)
    TRUNCATE(ftruncate64, off64_t)

    #define SYNC(name) int name(int fd) { \
      REAL(int, #name, int); \
      return fails(isOpen(fd), 0) ? -1 : real(fd); }
    SYNC(fsync)
    SYNC(fdatasync)

    ssize_t write(int fd, const void *b, size_t n) {
      REAL(ssize_t, "write", int, const void *, size_t);
      return fails(isOpen(fd), 1) ? -1 : real(fd, b, n);
    }

    int clock_gettime(clockid_t which, struct timespec *t) {
      REAL(int, "clock_gettime", clockid_t, struct timespec *);
      int code = real(which, t);
      if (!code && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) t->tv_sec += *offset;
      return code;
    }

    int gettimeofday(struct timeval *t, void *zone) {
      REAL(int, "gettimeofday", struct timeval *, void *);
      int code = real(t, zone);
      if (!code && t) t->tv_sec += *offset;
      return code;
    }

    time_t time(time_t *t) {
      struct timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      if (t) *t = now.tv_sec;
      return now.tv_sec;
    }
    """#
}
