/// A SOAP fault: the whole request failed, not one item of it (`ews.md` 1.9).
struct Fault: Sendable, Equatable {
  /// Either `a:Error…` or plain `s:Client`.
  var faultCode = ""
  var text = ""
  /// `detail/ResponseCode`, the reliable one.
  var responseCode: ResponseCode?
  var details = ErrorDetails()

  /// The response code, from wherever this server put it.
  var code: ResponseCode {
    if let responseCode { return responseCode }
    let local = faultCode.split(separator: ":").last.map(String.init) ?? ""
    return ResponseCode(rawValue: local.hasPrefix("Error") ? local : "ErrorInternalServerError")
  }
}
