import Sandbox
import TestGround

/// What a proxy, a broken server or an attacker makes of one answer (`promises.md`, garbled replies).
enum Garbling: String, CaseIterable, Sendable {
  /// Half of it under the length of the whole, or under its own.
  case cutBody, shortBody
  /// A page of a portal, or the answer under a type that is not its own.
  case page, wrongType
  /// The server breaks in the middle of a listing.
  case brokenServer
  case emptySuccess
  /// Another mailbox's server answers; for the PSA the answer to another question comes.
  case wrongMailbox, crossedAnswers
  /// 50 MB.
  case huge
  case deepNesting
  /// A document type with entities that grow, or numbers and texts that no field holds.
  case entities
  /// Any bytes changed, cut out, doubled or put elsewhere.
  case bytes
}

/// Stands before both servers and garbles the answers that a test asks for; the requests are
/// carried out nevertheless.
final class GarblingProxy: Sendable {
  private struct State {
    var garbling: Garbling?
    /// The answer at which it begins, counted from the order on.
    var next = 0
    /// From there on all of them, or only that one.
    var goesOn = false
    var garbled = 0
    var seen = 0
    var dice: Garbler
    /// The last answer of each server, by whether it is Exchange's.
    var last: [Bool: WireAnswer] = [:]
  }

  private let state: Locked<State>
  /// Exchange as another person's client would reach it.
  private let stranger: any WireServer

  init(seed: UInt64, stranger: any WireServer) {
    state = Locked(State(dice: Garbler(seed: seed)))
    self.stranger = stranger
  }

  func before(_ server: any WireServer) -> any WireServer { Front(server: server, proxy: self) }

  /// From the answer of this number on; the numbers begin anew.
  func order(_ garbling: Garbling, at next: Int, goesOn: Bool) {
    state.withLock {
      $0.garbling = garbling
      $0.next = next
      $0.goesOn = goesOn
      $0.garbled = 0
      $0.seen = 0
    }
  }

  /// Lets everything through again; how many answers there were, and how many of them garbled.
  func rest() -> (seen: Int, garbled: Int) {
    state.withLock {
      $0.garbling = nil
      return ($0.seen, $0.garbled)
    }
  }

  private struct Front: WireServer {
    let server: any WireServer
    let proxy: GarblingProxy

    func answer(_ call: WireCall) async -> WireAnswer {
      await proxy.answer(to: call, from: server)
    }
  }

  private func answer(to call: WireCall, from server: any WireServer) async -> WireAnswer {
    let isExchange = call.path.lowercased().hasSuffix(".asmx")
    let garbling = state.withLock { state -> Garbling? in
      defer { state.seen += 1 }
      guard let garbling = state.garbling, state.seen >= state.next,
        state.goesOn || state.garbled == 0
      else { return nil }
      state.garbled += 1
      return garbling
    }
    if garbling == .wrongMailbox, isExchange { return await stranger.answer(call) }
    let answer = await server.answer(call)
    return state.withLock { state in
      defer { state.last[isExchange] = answer }
      guard let garbling else { return answer }
      return Self.garbled(answer, garbling, isExchange, state.last[isExchange], &state.dice)
    }
  }

  private static func garbled(
    _ answer: WireAnswer,
    _ garbling: Garbling,
    _ isExchange: Bool,
    _ last: WireAnswer?,
    _ dice: inout Garbler
  ) -> WireAnswer {
    var answer = answer
    func type(_ type: String) {
      answer.headers.removeAll { $0.name.lowercased() == "content-type" }
      answer.headers.append((name: "Content-Type", value: type))
    }
    switch garbling {
    case .cutBody: answer.ending = .cut
    case .shortBody: answer.body = Array(answer.body.prefix(dice.number(below: answer.body.count)))
    case .page:
      answer.status = 200
      answer.body = Array("<html><body>Welcome to the guests' network</body></html>".utf8)
      type("text/html")
    case .wrongType: type(dice.one(of: ["text/html", "application/octet-stream", "image/png"]))
    case .brokenServer:
      answer.status = 500
      answer.body = Array("<html><body>Server Error in '/' Application.</body></html>".utf8)
      type("text/html")
    case .emptySuccess:
      answer.status = 200
      answer.body = []
    case .wrongMailbox, .crossedAnswers:
      if let last { answer = last }
    case .huge: answer.body = Array(repeating: 0x20, count: 50 << 20) + answer.body
    case .deepNesting: answer.body = nested(answer.body, isExchange)
    case .entities: answer.body = withEntities(answer.body, isExchange)
    case .bytes:
      var garbler = Garbler(
        seed: UInt64(dice.number(below: .max)),
        fragments: isExchange ? Fragments.xml : Fragments.json
      )
      answer.body = garbler.garbled(answer.body)
    }
    return answer
  }

  private static func nested(_ body: [UInt8], _ isExchange: Bool) -> [UInt8] {
    let depth = 20_000
    let (opening, closing, mark) = isExchange ? ("<a>", "</a>", ">") : ("[", "]", "{")
    let text = String(repeating: opening, count: depth) + String(repeating: closing, count: depth)
    let inside = isExchange ? text : "\"a\":\(text),"
    guard let place = body.firstIndex(of: mark.utf8.first ?? 0) else { return Array(inside.utf8) }
    return Array(body[...place]) + Array(inside.utf8) + Array(body[(place + 1)...])
  }

  private static func withEntities(_ body: [UInt8], _ isExchange: Bool) -> [UInt8] {
    let text = String(decoding: body, as: UTF8.self)
    guard isExchange else {
      return Array(text.replacing("\":", with: "\":\"\\u0000\\ud800&lol;\",\"x\":").utf8)
    }
    let lines = (1...9).map { "<!ENTITY lol\($0) \"&lol\($0 - 1);&lol\($0 - 1);&lol\($0 - 1);\">" }
    let bomb = "<!DOCTYPE a [<!ENTITY lol0 \"lol\">\(lines.joined())]>"
    let start = text.firstRange(of: "?>")?.upperBound ?? text.startIndex
    return Array((text[..<start] + bomb + text[start...]).utf8)
  }
}
