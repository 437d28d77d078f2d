import HTTP
package import SyncEngine
import SyncModel

extension AutotaskService: PSAWriting {
  package func create(_ drafts: [PSADraft]) async throws -> [PSAWriteResult] {
    try await leaveRestToPeople()
    return try await results(of: drafts) { draft throws(AutotaskError) in
      if let refusal = PSAWriteResult.refusal(of: draft) { return refusal }
      return try await self.result(of: Appointments.creation(of: draft), on: nil)
    }
  }

  package func update(_ edits: [PSAEdit]) async throws -> [PSAWriteResult] {
    try await results(of: edits) { edit throws(AutotaskError) in
      if let refusal = PSAWriteResult.refusal(of: edit) { return refusal }
      guard let call = self.call(for: edit) else { return .done(edit.id) }
      let target = PSATarget(kind: edit.kind, id: edit.id, parent: edit.parent)
      return try await self.result(of: call, on: target)
    }
  }

  package func delete(_ targets: [PSATarget]) async throws -> [PSAWriteResult] {
    try await leaveRestToPeople()
    return try await results(of: targets) { target throws(AutotaskError) in
      if let refusal = PSAWriteResult.refusal(of: target) { return refusal }
      return try await self.result(of: Appointments.deletion(of: target.id), on: target)
    }
  }

  /// Nil for an edit that changes nothing.
  private nonisolated func call(for edit: PSAEdit) -> RESTCall? {
    switch edit.kind {
    case .appointment: Appointments.change(edit)
    case .toDo:
      if let span = edit.span, let company = edit.parent {
        CompanyToDos.change(edit.id, of: company, to: span)
      } else {
        nil
      }
    case .serviceCall, .contact: nil
    }
  }
}

/// How one of several writes ended, and which.
///
/// No tuple: with Swift 6.3.1 -O, a group of `(Int, Result<…>)` gave indices that were none.
private struct Ending: Sendable {
  let index: Int
  let result: Result<PSAWriteResult, AutotaskError>
}

extension AutotaskService {
  /// As many writes at a time as the PSA takes at one endpoint.
  private static let writesAtATime = 3
  /// Lost answers without a good one in between, after which the rest is left.
  private static let mostLostAnswers = 3

  /// Does the works until one fails in a way that ends the run; what it leaves was not tried.
  ///
  /// Throws that failure only where nothing was done, so that no result is ever lost.
  private func results<Work: Sendable>(
    of works: [Work],
    _ result: @escaping @Sendable (Work) async throws(AutotaskError) -> PSAWriteResult
  ) async throws(AutotaskError) -> [PSAWriteResult] {
    var results = [PSAWriteResult?](repeating: nil, count: works.count)
    var failure: AutotaskError?
    var leaving: String?
    var lost = 0
    await withTaskGroup(of: Ending.self) { group in
      var next = 0
      func startNext() {
        guard next < works.count else { return }
        let index = next
        let work = works[index]
        next += 1
        group.addTask {
          do throws(AutotaskError) {
            return Ending(index: index, result: .success(try await result(work)))
          } catch {
            return Ending(index: index, result: .failure(error))
          }
        }
      }
      for _ in 0..<AutotaskService.writesAtATime { startNext() }
      for await ending in group {
        switch ending.result {
        case .success(let result):
          results[ending.index] = result
          if case .unknown(let reason) = result {
            lost += 1
            if lost >= AutotaskService.mostLostAnswers { leaving = reason }
          } else {
            lost = 0
          }
        case .failure(let error):
          failure = failure ?? error
          leaving = error.description
        }
        if leaving == nil { startNext() }
      }
    }
    if let failure, results.allSatisfy({ $0 == nil }) { throw failure }
    return results.map { $0 ?? .notTried(leaving ?? "The PSA was not asked.") }
  }

  /// Sends one write; throws where it was not sent or was turned away unread.
  private func result(
    of call: RESTCall,
    on target: PSATarget?
  ) async throws(AutotaskError) -> PSAWriteResult {
    let written: Int64?
    do throws(AutotaskError) {
      let body = try await channel.answer(to: call)
      do throws(JSONReader.Fault) {
        written = try JSONReader.member("itemId", of: body)
      } catch {
        throw .malformed(
          try await channel.subject(call.entity, call.id),
          reason: error.description
        )
      }
    } catch {
      switch error.trace {
      case .untouched: throw error
      case .unsure: return .unknown(error.description)
      case .refused: return try await refusal(error, on: target)
      }
    }
    guard let written, written > 0, target == nil || target?.id == PSAID(written) else {
      return .unknown(
        "The answer for \(call.entity) names no row that was written, so it is looked up."
      )
    }
    return .done(PSAID(written))
  }

  /// A refused change or delete of a row that is gone is no refusal; the PSA's words alone do not
  /// tell (`autotask.md` 4.6).
  private func refusal(
    _ error: AutotaskError,
    on target: PSATarget?
  ) async throws(AutotaskError) -> PSAWriteResult {
    guard let target else {
      if case .noSuchCall = error { throw error }
      return .refused(error.description)
    }
    do throws(AutotaskError) {
      let item = try await item(target.id, of: target.kind)
      return item == nil ? .missing : .refused(error.description)
    } catch .noSuchCall {
      throw error
    } catch {
      return .unknown(error.description)
    }
  }
}
