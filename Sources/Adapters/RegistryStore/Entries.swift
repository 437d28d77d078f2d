package import RegistryAPI
internal import SyncModel

// Rows as they travel, and as `--json` prints them.

extension ResourceStatus {
  package var entry: ResourceEntry {
    ResourceEntry(
      number: number.rawValue,
      name: name,
      mail: mail,
      isActive: isActive,
      isEnabled: isEnabled,
      state: state.rawValue,
      agent: agent?.rawValue,
      machine: machine,
      version: version,
      lastAttempt: lastAttempt.map(WireTime.init),
      lastSuccess: lastSuccess.map(WireTime.init),
      outcome: outcome?.rawValue,
      reason: reason,
      nextDue: nextDue.map(WireTime.init),
      held: held,
      policyVersion: policyVersion
    )
  }
}

extension AgentRow {
  package var entry: AgentEntry {
    AgentEntry(
      agent: agent.rawValue,
      resource: resource.rawValue,
      resourceName: resourceName,
      machine: machine,
      version: version,
      enrolled: WireTime(enrolled),
      expires: WireTime(expires),
      revoked: revoked.map(WireTime.init),
      revokedBy: revokedBy?.rawValue
    )
  }
}

extension AttemptRow {
  package var entry: AttemptEntry {
    AttemptEntry(
      agent: agent.rawValue,
      resource: resource.rawValue,
      resourceName: resourceName,
      version: version,
      received: WireTime(received),
      report: report
    )
  }
}

extension HoldRow {
  package var entry: HoldEntry {
    HoldEntry(
      resource: resource.rawValue,
      resourceName: resourceName,
      agent: agent.rawValue,
      hold: hold,
      approvedBy: approvedBy?.rawValue,
      approvedAt: approvedAt.map(WireTime.init)
    )
  }
}

extension CodeRow {
  package var entry: CodeEntry {
    CodeEntry(
      number: number,
      resource: resource.rawValue,
      resourceName: resourceName,
      takesOver: takesOver,
      made: WireTime(made),
      madeBy: madeBy.rawValue,
      expires: WireTime(expires),
      used: used.map(WireTime.init),
      withdrawn: withdrawn.map(WireTime.init)
    )
  }
}

extension AdminTokenRow {
  package var entry: TokenEntry {
    TokenEntry(
      number: number,
      name: name,
      made: WireTime(made),
      madeBy: madeBy.rawValue,
      revoked: revoked.map(WireTime.init)
    )
  }
}

extension AuditRow {
  package var entry: AuditEntry {
    AuditEntry(
      number: number,
      at: WireTime(at),
      by: by.rawValue,
      act: act,
      subject: subject,
      details: details
    )
  }
}

extension SavedSettings {
  package func document(
    hasAccountPassword: Bool,
    checks: [SettingCheck]? = nil
  ) -> SettingsDocument {
    SettingsDocument(
      version: version,
      values: settings.texts,
      hasAccountPassword: hasAccountPassword,
      savedAt: savedAt.map(WireTime.init),
      savedBy: savedBy?.rawValue,
      checks: checks
    )
  }
}
