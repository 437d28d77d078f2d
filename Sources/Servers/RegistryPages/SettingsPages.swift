package import RegistryAPI
internal import RegistryStore
internal import SyncModel

/// The tabs General and Synchronization (`design.md` section 5).
extension RegistryPages {
  package func settings(_ tab: SettingKey.Tab, _ call: PageCall) async throws -> PageAnswer {
    let saved = try await store.settings()
    var form = SettingsForm(tab, saved, hasPassword: try await store.hasAccountPassword())
    if saved.version == 0 {
      form.lead = "Nothing is set yet. Agents start with the first settings that are saved."
    }
    form.standings = try await standings(on: tab, saved.settings, now: call.now)
    return try page("settings", form.view(call.session))
  }

  /// How that which the registry does itself stands: the gateway to the PSA, the public folder.
  private func standings(
    on tab: SettingKey.Tab,
    _ settings: AdminSettings,
    now: Instant
  ) async throws -> [SettingsForm.CheckLine] {
    switch tab {
    case .general:
      let status = try await store.gatewayStatus()
      guard status.readAt != nil || status.complaint != nil else { return [] }
      let looked =
        status.readAt.map { "The PSA was read \(Moment($0.instant, now: now).relative)." }
        ?? "The PSA was not read yet."
      return [
        SettingsForm.CheckLine(
          finding: status.complaint == nil ? "works" : "fails",
          label: "Gateway to the PSA",
          verdict: status.complaint == nil ? "works" : "waits",
          says: [looked, status.complaint ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        )
      ]
    case .synchronization:
      guard settings.publishesContacts else { return [] }
      let status = try await store.publicFolderStatus(isWanted: true)
      let looked = status.lookedAt.map { Moment($0.instant, now: now).relative } ?? "not yet"
      let figures =
        "\(status.written) of \(status.contacts) active contacts lie in it; looked \(looked)."
      return [
        SettingsForm.CheckLine(
          finding: status.complaint == nil ? "works" : "fails",
          label: "Public folder",
          verdict: status.digest != nil ? "waits" : status.complaint == nil ? "works" : "fails",
          says: [figures, status.complaint ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        )
      ]
    }
  }

  /// Saves what was typed; what cannot be is said beside its field, and nothing is saved then.
  package func saveSettings(_ tab: SettingKey.Tab, _ call: PageCall) async throws -> PageAnswer {
    var saved = try await store.settings()
    let hasPassword = try await store.hasAccountPassword()
    var form = SettingsForm(tab, saved, hasPassword: hasPassword)
    form.take(call)
    guard form.problems.isEmpty else {
      form.problem = "Nothing was saved. Look at what is marked."
      return try page("settings", form.view(call.session), status: 422)
    }
    guard let version = Int(call.value("version")) else {
      throw RegistryProblem(.invalid, "The form was not sent whole. Load the page again.")
    }
    let password = call.form[SettingKey.accountPassword.rawValue]?.last ?? ""
    do {
      saved = try await store.save(
        form.settings,
        expecting: version,
        by: call.session.name,
        now: call.now
      )
      if !password.isEmpty {
        try await store.sealAccountPassword(password, by: call.session.name, now: call.now)
      }
    } catch let refusal as RegistryProblem {
      form.problem = refusal.message
      return try page("settings", form.view(call.session), status: refusal.status)
    }
    var shown = SettingsForm(tab, saved, hasPassword: hasPassword || !password.isEmpty)
    shown.notice = "Saved as version \(saved.version). Each agent takes it with its next run."
    shown.checks = try await acts.check(saved.settings)
    return try page("settings", shown.view(call.session))
  }
}

/// One tab with what was typed into it.
struct SettingsForm {
  let tab: SettingKey.Tab
  let saved: SavedSettings
  let hasPassword: Bool
  var settings: AdminSettings
  var typed: [SettingKey: String] = [:]
  var problems: [SettingKey: String] = [:]
  var checks: [SettingCheck] = []
  var standings: [CheckLine] = []
  var lead: String?
  var notice: String?
  var problem: String?

  init(_ tab: SettingKey.Tab, _ saved: SavedSettings, hasPassword: Bool) {
    self.tab = tab
    self.saved = saved
    self.hasPassword = hasPassword
    settings = saved.settings
  }

  private var keys: [SettingKey] { SettingKey.allCases.filter { $0.tab == tab } }

  /// Takes the fields of this tab; a box that is not sent is not ticked.
  mutating func take(_ call: PageCall) {
    for key in keys {
      if case .secret(let limit) = key.field {
        if (call.form[key.rawValue]?.last ?? "").count > limit {
          problems[key] = "\(key.label) may have up to \(limit) characters."
        }
        continue
      }
      let isFlag = if case .flag = key.field { true } else { false }
      // A switched-off field is not sent; its own word has no say then, and stays.
      if isFlag, key == .sendFreeTime, call.value(SettingKey.importDetail.rawValue) == "off" {
        continue
      }
      let text = isFlag ? String(call.isTicked(key.rawValue)) : call.value(key.rawValue)
      typed[key] = text
      do throws(SettingRefusal) { try settings.set(key, to: text) } catch {
        problems[key] = error.description
      }
    }
    guard problems.isEmpty else { return }
    for problem in settings.problems {
      // What the other tab lacks is said at the first field of this one.
      let key = problem.key.flatMap { keys.contains($0) ? $0 : nil } ?? keys[0]
      problems[key] = problem.description
    }
  }

  struct Field: Sendable {
    let key: String
    let label: String
    let explanation: String
    var value: String
    let silence: String?
    let problem: String?
    let isHidden: Bool
    var isFlag = false
    var isOn = false
    var isText = false
    var isNumber = false
    var isChoice = false
    var isSecret = false
    var limit = 0
    var least = 0
    var most = 0
    var choices: [Choice] = []
  }

  struct CheckLine: Sendable {
    let finding: String
    let label: String
    let verdict: String
    let says: String
  }

  struct View: Sendable {
    let frame: Frame
    let path: String
    let version: String
    let saved: String
    let fields: [Field]
    let checks: [CheckLine]
    let hasChecks: Bool
    let standings: [CheckLine]
    let hasStandings: Bool
  }

  func view(_ session: AdminSession) -> View {
    var frame = Frame(
      tab.rawValue,
      in: tab == .general ? .general : .synchronization,
      for: session
    )
    (frame.lead, frame.notice, frame.problem) = (lead, notice, problem)
    return View(
      frame: frame,
      path: frame.tabs.first(where: \.isHere)?.path ?? "/",
      version: String(saved.version),
      saved: saved.version == 0
        ? "" : "Version \(saved.version), by \(saved.savedBy?.rawValue ?? "nobody")",
      fields: keys.map(field),
      checks: checks.map { check in
        CheckLine(
          finding: check.finding.rawValue,
          label: check.item.label,
          verdict: check.finding == .unchecked ? "not checked" : check.finding.rawValue,
          says: check.says
        )
      },
      hasChecks: !checks.isEmpty,
      standings: standings,
      hasStandings: !standings.isEmpty
    )
  }

  private func field(_ key: SettingKey) -> Field {
    let value = typed[key] ?? settings.text(of: key) ?? ""
    var field = Field(
      key: key.rawValue,
      label: key.label,
      explanation: key.explanation,
      value: value,
      silence: key.silenced(in: settings),
      problem: problems[key],
      isHidden: key == .useMSGraph && settings.isOnPremises && problems[key] == nil
    )
    switch key.field {
    case .flag:
      (field.isFlag, field.isOn) = (true, value == "true")
    case .text(_, let limit):
      (field.isText, field.limit) = (true, limit)
    case .addresses:
      (field.isText, field.limit) = (true, 2_000)
    case .number(_, let range):
      (field.isNumber, field.least, field.most) = (true, range.lowerBound, range.upperBound)
    case .detail:
      field.isChoice = true
      field.choices = [
        Choice("all", "all – with texts and participants", chosen: value),
        Choice("none", "none – only start and end", chosen: value),
        Choice("off", "off – nothing", chosen: value),
      ]
    case .secret(let limit):
      (field.isSecret, field.limit) = (true, limit)
      field.value = hasPassword ? "is set; leave blank to keep it" : "not set"
    }
    return field
  }
}
