internal import CCurl

/// One of libcurl's easy handles with its error text: the settings of one transfer at a time.
///
/// Used on the engine's thread only. Pooled: `reset` keeps its buffers, share and sessions.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  private let text: UnsafeMutablePointer<CChar>
  private var list: UnsafeMutablePointer<curl_slist>?
  private var mailboxes: UnsafeMutablePointer<curl_slist>?

  init?() {
    guard let pointer = curl_easy_init() else { return nil }
    self.pointer = pointer
    text = .allocate(capacity: Int(CURL_ERROR_SIZE))
    text.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    curl_easy_cleanup(pointer)
    curl_slist_free_all(list)
    curl_slist_free_all(mailboxes)
    text.deallocate()
  }

  /// Back to defaults, ready for the next transfer.
  func reset() {
    curl_easy_reset(pointer)
    curl_slist_free_all(list)
    curl_slist_free_all(mailboxes)
    (list, mailboxes) = (nil, nil)
    text[0] = 0
    set(CURLOPT_ERRORBUFFER, pointer: text)
  }

  /// What curl or OpenSSL wrote about the failure; it may quote the server, so it is never shown.
  var errorText: String { String(cString: text) }

  func set(_ option: CURLoption, _ value: Int) { note(curl_set_long(pointer, option, value)) }

  func set(_ option: CURLoption, size: Int) {
    note(curl_set_size(pointer, option, curl_off_t(size)))
  }

  func set(_ option: CURLoption, _ value: String) { note(curl_set_text(pointer, option, value)) }

  /// Text in an encoding other than UTF-8.
  func set(_ option: CURLoption, bytes: [UInt8]) {
    note(
      (bytes + [0]).withUnsafeBytes {
        curl_set_text(pointer, option, $0.baseAddress?.assumingMemoryBound(to: CChar.self))
      }
    )
  }

  func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) {
    note(curl_set_pointer(pointer, option, value))
  }

  func set(_ option: CURLoption, writer: curl_write_callback) {
    note(curl_set_writer(pointer, option, writer))
  }

  func set(gate: curl_prereq_callback, _ context: UnsafeMutableRawPointer) {
    note(curl_set_gate(pointer, gate))
    note(curl_set_pointer(pointer, CURLOPT_PREREQDATA, context))
  }

  func set(socketWatch: curl_sockopt_callback) {
    note(curl_set_socket_watch(pointer, socketWatch))
  }

  func set(reader: curl_read_callback, _ context: UnsafeMutableRawPointer) {
    note(curl_set_reader(pointer, reader))
    note(curl_set_pointer(pointer, CURLOPT_READDATA, context))
  }

  func clear(_ option: CURLoption) { note(curl_set_text(pointer, option, nil)) }

  /// curl keeps a copy, so that it can send the body again.
  func set(body: [UInt8]) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, size: body.count)
    note(
      body.withUnsafeBytes { curl_set_bytes(pointer, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) }
    )
  }

  func set(headerLines: [String]) {
    append(headerLines, to: &list)
    note(curl_set_list(pointer, CURLOPT_HTTPHEADER, list))
  }

  func set(recipients: [String]) {
    append(recipients, to: &mailboxes)
    note(curl_set_list(pointer, CURLOPT_MAIL_RCPT, mailboxes))
  }

  private func append(_ lines: [String], to list: inout UnsafeMutablePointer<curl_slist>?) {
    for line in lines {
      guard let longer = curl_slist_append(list, line) else {
        refused = CURLE_OUT_OF_MEMORY
        return
      }
      list = longer
    }
  }

  func long(_ wanted: CURLINFO) -> Int {
    var value = 0
    return curl_get_long(pointer, wanted, &value) == CURLE_OK ? value : 0
  }

  /// The first option that curl refused since the last look, if any.
  func takeRefusedOption() -> CURLcode? {
    defer { refused = CURLE_OK }
    return refused == CURLE_OK ? nil : refused
  }

  /// curl's own words for a result; fixed texts without names or secrets.
  static func meaning(of result: CURLcode) -> String {
    String(cString: curl_easy_strerror(result))
  }

  private var refused = CURLE_OK

  private func note(_ code: CURLcode) {
    if code != CURLE_OK, refused == CURLE_OK { refused = code }
  }
}
