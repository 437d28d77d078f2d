import XML

/// The names that the prefixes `s`, `m`, `t` and `e` stand for.
enum EWSNamespace {
  static let soap = "http://schemas.xmlsoap.org/soap/envelope/"
  static let messages = "http://schemas.microsoft.com/exchange/services/2006/messages"
  static let types = "http://schemas.microsoft.com/exchange/services/2006/types"
  static let errors = "http://schemas.microsoft.com/exchange/services/2006/errors"
}

/// The four numbers of a server and the word it puts beside them (`ews.md` 1.6).
package struct ExchangeBuild: Hashable, Sendable {
  package let major: Int
  package let minor: Int
  package let majorBuild: Int
  package let minorBuild: Int
  /// Not to be echoed by clients.
  package let version: String
  /// What clients may ask for in RequestServerVersion.
  package let accepted: Set<String>

  private static let until2013: Set<String> = [
    "Exchange2007", "Exchange2007_SP1", "Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2",
    "Exchange2013", "Exchange2013_SP1",
  ]

  /// Exchange 2013 with a late update: knows no `Exchange2016`.
  package static let exchange2013 = ExchangeBuild(
    major: 15,
    minor: 0,
    majorBuild: 1497,
    minorBuild: 2,
    version: "V2_23",
    accepted: until2013
  )
  package static let exchange2016 = ExchangeBuild(
    major: 15,
    minor: 1,
    majorBuild: 2507,
    minorBuild: 39,
    version: "V2017_07_11",
    accepted: until2013.union(["Exchange2015", "Exchange2016"])
  )
  package static let subscriptionEdition = ExchangeBuild(
    major: 15,
    minor: 2,
    majorBuild: 2562,
    minorBuild: 17,
    version: "V2017_07_11",
    accepted: until2013.union(["Exchange2015", "Exchange2016", "V2017_07_11"])
  )
}

/// A reply under way: the envelope with one response message after the other.
struct EWSReply {
  private var writer = XMLWriter()
  private let operation: String

  init(_ operation: String, from build: ExchangeBuild) {
    self.operation = operation
    writer.start(
      "s:Envelope",
      [
        ("xmlns:s", EWSNamespace.soap), ("xmlns:m", EWSNamespace.messages),
        ("xmlns:t", EWSNamespace.types),
      ]
    )
    writer.start("s:Header")
    writer.start(
      "t:ServerVersionInfo",
      [
        ("MajorVersion", String(build.major)), ("MinorVersion", String(build.minor)),
        ("MajorBuildNumber", String(build.majorBuild)),
        ("MinorBuildNumber", String(build.minorBuild)), ("Version", build.version),
      ]
    )
    writer.end()
    writer.end()
    writer.start("s:Body")
    writer.start("m:\(operation)Response")
    writer.start("m:ResponseMessages")
  }

  mutating func success(_ body: (inout XMLWriter) -> Void = { _ in }) {
    writer.start("m:\(operation)ResponseMessage", [("ResponseClass", "Success")])
    writer.element("m:ResponseCode", "NoError")
    body(&writer)
    writer.end()
  }

  /// `body` writes what a message of this operation carries even when it failed.
  mutating func error(_ refusal: EWSRefusal, _ body: (inout XMLWriter) -> Void = { _ in }) {
    writer.start("m:\(operation)ResponseMessage", [("ResponseClass", "Error")])
    writer.element("m:MessageText", refusal.message)
    writer.element("m:ResponseCode", refusal.code)
    writer.element("m:DescriptiveLinkKey", "0")
    if let path = refusal.path {
      writer.start("m:MessageXml")
      writer.start("t:FieldURI", path)
      writer.end()
      writer.end()
    }
    body(&writer)
    writer.end()
  }

  mutating func finished() -> [UInt8] {
    for _ in 0..<4 { writer.end() }
    return writer.bytes
  }

  static func fault(_ fault: EWSFault) -> [UInt8] {
    var writer = XMLWriter()
    writer.start("s:Envelope", [("xmlns:s", EWSNamespace.soap)])
    writer.start("s:Body")
    writer.start("s:Fault")
    writer.start("faultcode", [("xmlns:a", EWSNamespace.types)])
    writer.text("a:\(fault.code)")
    writer.end()
    writer.start("faultstring", [("xml:lang", "en-US")])
    writer.text(fault.message)
    writer.end()
    writer.start("detail")
    writer.element("e:ResponseCode", fault.code, ("xmlns:e", EWSNamespace.errors))
    writer.element("e:Message", fault.message, ("xmlns:e", EWSNamespace.errors))
    if !fault.values.isEmpty || fault.violation != nil {
      writer.start("t:MessageXml", [("xmlns:t", EWSNamespace.types)])
      for value in fault.values { writer.element("t:Value", value.text, ("Name", value.name)) }
      if let violation = fault.violation {
        writer.element("t:LineNumber", "1")
        writer.element("t:LinePosition", "1")
        writer.element("t:Violation", violation)
      }
      writer.end()
    }
    for _ in 0..<4 { writer.end() }
    return writer.bytes
  }
}

extension XMLWriter {
  mutating func leaf(_ name: String, _ text: String) {
    start(name)
    self.text(text)
    end()
  }

  mutating func leaf(_ name: String, _ flag: Bool) {
    leaf(name, flag ? "true" : "false")
  }

  mutating func leaf(_ name: String, _ number: Int) {
    leaf(name, String(number))
  }

  mutating func id(_ name: String, _ id: String, _ changeKey: String) {
    start(name, [("Id", id), ("ChangeKey", changeKey)])
    end()
  }
}
