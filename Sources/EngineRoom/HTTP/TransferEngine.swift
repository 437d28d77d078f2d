internal import CCurl
import Glibc
internal import Platform

/// The thread on which all of a client's transfers run, over one multi handle of libcurl.
///
/// Its loop: take what was submitted or cancelled, give free slots to those who wait, let curl
/// work, end what is done, sleep until a socket or `curl_multi_wakeup` stirs.
/// `@unchecked Sendable`: `inbox` is locked, the rest belongs to the thread.
final class TransferEngine: @unchecked Sendable {
  private struct Inbox {
    var arrivals: [Transfer] = []
    var cancellations: [Transfer] = []
    var forgetsCookies = false
    var isRunning = false
    var isStopping = false
    var hasEnded = false
    var waitForEnd: [@Sendable () -> Void] = []
    var requestCount = 0
  }

  private let trust: TrustPolicy
  private let userAgent: String
  private let maximumPerHost: Int
  private let inbox = Locked(Inbox())
  private let multi: UnsafeMutableRawPointer?
  private let share: UnsafeMutableRawPointer?

  private var waiting: [Transfer] = []
  private var live: [UnsafeMutableRawPointer: (transfer: Transfer, easy: EasyHandle)] = [:]
  private var liveCount: [WebAddress.Origin: Int] = [:]
  private var idle: [EasyHandle] = []

  /// Once for the whole process, as libcurl asks.
  static let isReady = curl_start() == CURLE_OK

  init(trust: TrustPolicy, userAgent: String, maximumConnectionsPerHost: Int) {
    self.trust = trust
    self.userAgent = userAgent
    maximumPerHost = maximumConnectionsPerHost
    multi = Self.isReady ? curl_multi_init() : nil
    share = Self.isReady ? curl_share_init() : nil
    if let multi {
      curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, maximumConnectionsPerHost)
    }
    if let share {
      // one thread uses it, so it needs no lock of curl's
      curl_share_keep(share, CURL_LOCK_DATA_COOKIE)
      curl_share_keep(share, CURL_LOCK_DATA_SSL_SESSION)
    }
  }

  deinit {
    guard !inbox.withLock({ $0.hasEnded }) else { return }
    closeHandles()
  }

  var requestCount: Int { inbox.withLock { $0.requestCount } }

  func submit(_ transfer: Transfer) {
    let (accepted, mustStart) = inbox.withLock { inbox -> (Bool, Bool) in
      guard !inbox.isStopping, !transfer.isCancelled else { return (false, false) }
      transfer.wasSubmitted = true
      inbox.arrivals.append(transfer)
      defer { inbox.isRunning = true }
      return (true, !inbox.isRunning)
    }
    guard accepted else { return transfer.end(.failure(.cancelled)) }
    if mustStart { start() } else { wake() }
  }

  func cancel(_ transfer: Transfer) {
    let isUnderWay = inbox.withLock { inbox in
      guard !transfer.isCancelled else { return false }
      transfer.isCancelled = true
      guard transfer.wasSubmitted else { return false }
      inbox.cancellations.append(transfer)
      return true
    }
    if isUnderWay { wake() }
  }

  func forgetCookies() {
    inbox.withLock { $0.forgetsCookies = true }
    wake()
  }

  /// Ends the thread; `ended` is called when it is gone, at once if it never ran.
  func stop(then ended: (@Sendable () -> Void)?) {
    let isGone = inbox.withLock { inbox in
      inbox.isStopping = true
      guard inbox.isRunning else { return true }
      if let ended { inbox.waitForEnd.append(ended) }
      return false
    }
    if isGone { ended?() } else { wake() }
  }

  /// Under the lock, because the thread closes the multi handle once it has noted its end there.
  private func wake() {
    inbox.withLock { inbox in
      if inbox.isRunning, !inbox.hasEnded, let multi { curl_multi_wakeup(multi) }
    }
  }

  private func closeHandles() {
    idle = []
    if let multi { curl_multi_cleanup(multi) }
    if let share { curl_share_cleanup(share) }
  }

  private func start() {
    var thread = pthread_t()
    let engine = Unmanaged.passRetained(self)
    let code = pthread_create(&thread, nil, Self.threadMain, engine.toOpaque())
    guard code == 0 else {
      engine.release()
      let stranded = inbox.withLock { inbox in
        inbox.isRunning = false
        defer { inbox.arrivals = [] }
        return inbox.arrivals
      }
      for transfer in stranded { transfer.end(.failure(broken("the system gives no thread"))) }
      return
    }
    pthread_detach(thread)
  }

  private static let threadMain:
    @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
      guard let context else { return nil }
      // signals belong to the program; without this a peer that hangs up would end it (SIGPIPE)
      var all = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_SETMASK, &all, nil)
      Unmanaged<TransferEngine>.fromOpaque(context).takeRetainedValue().run()
      return nil
    }

  private func broken(_ reason: String) -> HTTPError {
    .unexpected(host: "the server", reason: reason)
  }
}

// On the thread.
extension TransferEngine {
  private func run() {
    while takeOrders() {
      startWaiting()
      var running: Int32 = 0
      let code = curl_multi_perform(multi, &running)
      guard code == CURLM_OK else {
        endAll(broken("curl's engine says \(String(cString: curl_multi_strerror(code)))"))
        continue
      }
      if endFinished() { continue }
      curl_multi_poll(multi, nil, 0, 3_600_000, nil)
    }
    endAll(.cancelled)
    inbox.withLock { $0.hasEnded = true }
    closeHandles()
    let ended = inbox.withLock { inbox in
      defer {
        inbox.waitForEnd = []
        inbox.isRunning = false
      }
      return inbox.waitForEnd
    }
    for resume in ended { resume() }
  }

  /// False when the client is closed.
  private func takeOrders() -> Bool {
    let orders = inbox.withLock { inbox in
      defer {
        inbox.arrivals.removeAll(keepingCapacity: true)
        inbox.cancellations.removeAll(keepingCapacity: true)
        inbox.forgetsCookies = false
      }
      return inbox
    }
    waiting += orders.arrivals
    if orders.forgetsCookies { dropCookies() }
    for transfer in orders.cancellations { drop(transfer) }
    if multi == nil || share == nil { endAll(broken("libcurl could not start")) }
    return !orders.isStopping
  }

  private func startWaiting() {
    guard !waiting.isEmpty else { return }
    var held: [Transfer] = []
    for transfer in waiting {
      let origin = transfer.address.origin
      guard liveCount[origin, default: 0] < maximumPerHost else {
        held.append(transfer)
        continue
      }
      begin(transfer)
    }
    waiting = held
  }

  private func begin(_ transfer: Transfer) {
    guard let easy = idle.popLast() ?? newHandle() else {
      return transfer.end(.failure(broken("there is no memory for another transfer")))
    }
    do throws(HTTPError) {
      try transfer.prepare(easy, trust: trust, userAgent: userAgent)
    } catch {
      idle.append(easy)
      return transfer.end(.failure(error))
    }
    inbox.withLock { $0.requestCount += 1 }
    liveCount[transfer.address.origin, default: 0] += 1
    live[easy.pointer] = (transfer, easy)
    curl_multi_add_handle(multi, easy.pointer)
  }

  private func newHandle() -> EasyHandle? {
    let easy = EasyHandle()
    // Set once: curl_easy_reset keeps the share, and that the cookie engine is on. An empty file
    // name, read at once, switches it on; the name must go again, for a reset would lose its
    // memory; and that drops the share's cookies, so that the share is set anew.
    easy?.set(CURLOPT_SHARE, pointer: share)
    easy?.set(CURLOPT_COOKIEFILE, "")
    easy?.set(CURLOPT_COOKIELIST, "RELOAD")
    easy?.clear(CURLOPT_COOKIEFILE)
    easy?.set(CURLOPT_SHARE, pointer: share)
    return easy
  }

  /// Whether anything ended, so that there may be room for others.
  private func endFinished() -> Bool {
    var finished: [(UnsafeMutableRawPointer, CURLcode)] = []
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let pointer = message.pointee.easy_handle else {
        continue
      }
      finished.append((pointer, curl_message_result(message)))
    }
    for (pointer, result) in finished {
      guard let (transfer, easy) = live[pointer] else { continue }
      let verdict = transfer.verdict(result, of: easy, trust: trust)
      release(easy, of: transfer, isSound: result == CURLE_OK)
      switch verdict {
      case .done(let result): transfer.end(result)
      case .again: waiting.insert(transfer, at: 0)
      }
    }
    return !finished.isEmpty
  }

  /// A handle whose transfer failed is not used again: after a name that was not found, curl 7.88
  /// calls everything else a bad argument.
  private func release(_ easy: EasyHandle, of transfer: Transfer, isSound: Bool = false) {
    curl_multi_remove_handle(multi, easy.pointer)
    live[easy.pointer] = nil
    let origin = transfer.address.origin
    let count = liveCount[origin, default: 1] - 1
    liveCount[origin] = count > 0 ? count : nil
    if isSound, idle.count < maximumPerHost {
      easy.reset()
      idle.append(easy)
    }
  }

  private func drop(_ transfer: Transfer) {
    if let index = waiting.firstIndex(where: { $0 === transfer }) {
      waiting.remove(at: index)
    } else if let (_, easy) = live.values.first(where: { $0.transfer === transfer }) {
      release(easy, of: transfer)
    } else {
      return  // it ended before the order came
    }
    transfer.end(.failure(.cancelled))
  }

  private func endAll(_ error: HTTPError) {
    let stranded = waiting + live.values.map(\.transfer)
    waiting = []
    for (transfer, easy) in live.values { release(easy, of: transfer) }
    for transfer in stranded { transfer.end(.failure(error)) }
  }

  private func dropCookies() {
    guard let easy = idle.popLast() ?? newHandle() else { return }
    easy.set(CURLOPT_COOKIELIST, "ALL")
    easy.reset()
    idle.append(easy)
  }
}
