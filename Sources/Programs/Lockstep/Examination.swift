import Glibc
import Settings
import Store
import SyncEngine
import SyncModel
import ZoneData

/// What `doctor` looks at, from the settings to the unit; nothing is changed anywhere.
struct Examination {
  let config: String?

  private typealias Check = DoctorView.Check

  func checks() async -> [DoctorView.Check] {
    let wiring: Wiring
    do {
      wiring = try Wiring(settings: config)
    } catch {
      return [bad("settings", error, mend: "share/lockstep/settings.example.toml shows all keys.")]
    }
    var checks = [settings(wiring), zones(wiring)]
    checks += await exchange(wiring)
    checks += await psa(wiring)
    checks.append(await cache(wiring))
    checks.append(disk(wiring))
    checks.append(clock())
    checks.append(daemon(wiring))
    return checks
  }

  // MARK: This machine

  private func settings(_ wiring: Wiring) -> Check {
    let file = wiring.settings.file
    return wiring.settings.switches.isEnabled
      ? good("settings", file)
      : warning("settings", "\(file); switched off", mend: "lockstep profile shows by whom.")
  }

  private func zones(_ wiring: Wiring) -> Check {
    do {
      _ = try wiring.zones.zone("Europe/Berlin")
      return good("time zones", "the system's tz database can be read")
    } catch {
      return bad("time zones", error, mend: "apt install tzdata")
    }
  }

  private func cache(_ wiring: Wiring) async -> Check {
    do {
      let cache = try wiring.cache(readOnly: true)
      let faults = try await cache.faults()
      guard faults.isEmpty else {
        return Check(
          name: "cache",
          finding: .bad,
          says: faults.joined(separator: "; "),
          mend: "Move \(cache.file) away and run `lockstep adopt`."
        )
      }
      let counts = try await cache.counts()
      return good("cache", "\(cache.file), \(counted(counts.links[.linked] ?? 0, "link"))")
    } catch StoreFailure.absent {
      return good("cache", "none yet; the first run makes it in \(wiring.settings.cacheDirectory)")
    } catch {
      return bad("cache", error)
    }
  }

  private func disk(_ wiring: Wiring) -> Check {
    var facts = statvfs()
    var folder = wiring.settings.cacheDirectory
    while statvfs(folder, &facts) != 0, let slash = folder.lastIndex(of: "/"), folder.count > 1 {
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
    let free = Int(facts.f_bavail) * Int(facts.f_frsize) / 1_048_576
    let says = "\(free) MB free at \(folder)"
    return free < 100
      ? bad("disk", says, mend: "Make room: a full disk stops runs.") : good("disk", says)
  }

  private func clock() -> Check {
    let signs = ["/run/systemd/timesync/synchronized", "/run/chrony", "/run/ntpd.pid"]
    guard signs.contains(where: { access($0, F_OK) == 0 }) else {
      return warning(
        "clock",
        "no time server seems to set it",
        mend: "Check `timedatectl`; windows and watermarks go by this clock."
      )
    }
    return good("clock", "set by a time server")
  }

  private func daemon(_ wiring: Wiring) -> Check {
    do {
      if let holder = try ProfileLock.holder(of: wiring.settings.cacheDirectory) {
        return good(
          "daemon",
          "process \(holder.process) is at work since \(WallClock.shown(holder.since))"
        )
      }
    } catch {
      return bad("daemon", error)
    }
    let folder =
      getenv("XDG_CONFIG_HOME").map { String(cString: $0) }
      ?? (getenv("HOME").map { String(cString: $0) } ?? "") + "/.config"
    let unit = folder + "/systemd/user/default.target.wants/lockstep.service"
    return access(unit, F_OK) == 0
      ? good("daemon", "its unit starts with the session")
      : warning(
        "daemon",
        "its unit is not enabled",
        mend: "share/lockstep/lockstep.service says how, in its first lines."
      )
  }

  // MARK: The two sides

  private func exchange(_ wiring: Wiring) async -> [Check] {
    let address = wiring.settings.exchange.address.url
    let connection: Connection<any ExchangeMailbox & ExchangeWriting>
    do {
      connection = try await wiring.exchange()
    } catch {
      return [bad("Exchange password", error)]
    }
    var checks = [good("Exchange password", "was found")]
    do {
      try await connection.use { mailbox in
        let folder = try await mailbox.open()
        checks.append(good("Exchange", "\(folder.server) at \(address), signed in"))
        checks.append(calendar(folder))
        checks.append(try mark(folder.mark, wiring))
        checks.append(zone(try await mailbox.personalZone(), wiring.settings.zone))
      }
    } catch {
      checks.append(bad("Exchange", "\(address): \(error)", mend: advice(error)))
    }
    return checks
  }

  private func calendar(_ folder: CalendarFolder) -> Check {
    let says = "\(folder.mailbox), \(counted(folder.itemCount, "item"))"
    return folder.canWrite
      ? good("calendar", says)
      : bad(
        "calendar",
        says + "; this account may read it but not write",
        mend: "Give the account the rights of an editor, or use the mailbox's own."
      )
  }

  private func mark(_ mark: FolderMark?, _ wiring: Wiring) throws -> Check {
    guard let mark else { return good("agent", "no agent has served this calendar yet") }
    if try AgentIdentity.kept(in: wiring.agentFile) == mark.agent {
      return good("agent", "this one serves the calendar; last writing run \(mark.run)")
    }
    return bad(
      "agent",
      "the one on \(mark.machine) serves this calendar",
      mend: "lockstep init --settings \(wiring.settings.file) --take-over, to serve it from here."
    )
  }

  private func zone(_ personal: ZoneName?, _ settings: ZoneName?) -> Check {
    if let personal { return good("zone", "\(personal), the person's own in Exchange") }
    if let settings { return good("zone", "\(settings), from the settings") }
    return warning(
      "zone",
      "Exchange knows none for this person",
      mend: "Set `zone` under [sync]; until then all-day items wait."
    )
  }

  private func psa(_ wiring: Wiring) async -> [Check] {
    let address = wiring.settings.psa.address.server.url
    let connection: Connection<any PSAService & PSAWriting>
    do {
      connection = try await wiring.psa()
    } catch {
      return [bad("PSA secret", error)]
    }
    var checks = [good("PSA secret", "was found")]
    do {
      let desk = try await connection.use { try await $0.open() }
      checks.append(good("PSA", "\(desk.server), tenant \(desk.tenant), signed in"))
      checks.append(good("resource", "\(desk.resource)"))
    } catch {
      checks.append(bad("PSA", "\(address): \(error)", mend: advice(error)))
    }
    return checks
  }

  // MARK: Findings

  private func advice(_ error: any Error) -> String? {
    guard let failure = error as? any SyncFailure else { return nil }
    return switch failure.remedy {
    case .retry: "Nothing to mend here if it passes; look again in a few minutes."
    case .signIn: "Mend the user or the secret; then `lockstep sync` once."
    case .skipItem: nil
    case .stop: "Mend it in \(config ?? "the settings"), or ask who runs that server."
    }
  }

  private func good(_ name: String, _ says: String) -> Check {
    Check(name: name, finding: .good, says: says, mend: nil)
  }

  private func warning(_ name: String, _ says: String, mend: String) -> Check {
    Check(name: name, finding: .warning, says: says, mend: mend)
  }

  private func bad(_ name: String, _ says: String, mend: String?) -> Check {
    Check(name: name, finding: .bad, says: says, mend: mend)
  }

  private func bad(_ name: String, _ error: any Error, mend: String? = nil) -> Check {
    bad(name, "\(error)", mend: mend ?? advice(error))
  }
}
