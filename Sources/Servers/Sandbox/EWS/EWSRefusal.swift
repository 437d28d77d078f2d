import World

/// An error slot: one item, folder or id that the server did not do (`ews.md` 2).
struct EWSRefusal: Error {
  let code: String
  let message: String
  /// `m:MessageXml` names this path.
  var path: [(String, String)]?

  init(_ code: String, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ refusal: Mailbox.Refusal) {
    code = refusal.code.rawValue
    message = refusal.message
  }

  /// A property that the operation does not allow, such as `ErrorInvalidPropertySet`.
  static func property(_ code: String, _ uri: String) -> EWSRefusal {
    var refusal = EWSRefusal(code, "The property \(uri) does not allow this.")
    refusal.path = [("FieldURI", uri)]
    return refusal
  }
}

/// A SOAP fault: the whole request failed (`ews.md` 1.9).
struct EWSFault: Error {
  let code: String
  let message: String
  /// Name and text of the values in `t:MessageXml`.
  var values: [(name: String, text: String)] = []
  /// Set for a schema violation, which has elements of its own in `t:MessageXml`.
  var violation: String?

  static func schema(_ violation: String) -> EWSFault {
    var fault = EWSFault(
      code: "ErrorSchemaValidation",
      message: "The request failed schema validation: \(violation)"
    )
    fault.violation = violation
    return fault
  }

  static func invalid(_ message: String) -> EWSFault {
    EWSFault(code: "ErrorInvalidRequest", message: message)
  }

  static func busy(milliseconds: Int) -> EWSFault {
    EWSFault(
      code: "ErrorServerBusy",
      message: "The server cannot service this request right now. Try again later.",
      values: [("BackOffMilliseconds", String(milliseconds))]
    )
  }
}

/// Runs a step of the mailbox; its refusal fills the slot.
func asked<T>(_ step: () throws(Mailbox.Refusal) -> T) throws(EWSRefusal) -> T {
  do throws(Mailbox.Refusal) { return try step() } catch { throw EWSRefusal(error) }
}
