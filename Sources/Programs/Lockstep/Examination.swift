import Autotask
import Console
import Glibc
import HTTP
import RegistryAPI
import Settings
import Store
import SyncEngine
import SyncModel
import ZoneData

/// What `doctor` looks at, from the settings to the unit; nothing is changed anywhere.
struct Examination {
  let invocation: Invocation

  typealias Check = DoctorView.Check

  func checks() async -> [DoctorView.Check] {
    let wiring: Wiring
    do {
      wiring = try Wiring(settings: invocation.config)
    } catch {
      return [bad("settings", "\(error)", mend: Mend(file: "the settings").mend(for: error))]
    }
    var checks = [settings(wiring), zones(wiring)]
    checks += await exchange(wiring)
    checks += await psa(wiring)
    checks += await registry(wiring)
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
      : warning("settings", "\(file); switched off", mend: "'lockstep profile' shows by whom.")
  }

  private func zones(_ wiring: Wiring) -> Check {
    do {
      _ = try wiring.zones.zone("Europe/Berlin")
      return good("time zones", "the system's tz database can be read")
    } catch {
      return bad("time zones", "\(error)", mend: "`apt install tzdata`")
    }
  }

  private func cache(_ wiring: Wiring) async -> Check {
    if let obstacle = obstacle(wiring) { return obstacle }
    do {
      let cache = try wiring.cache(readOnly: true)
      let faults = try await cache.faults()
      guard faults.isEmpty else {
        return Check(
          name: "cache",
          finding: .bad,
          says: faults.joined(separator: "; "),
          mend: Mend(file: wiring.settings.file).mend(for: StoreFailure.damaged(file: cache.file))
        )
      }
      let counts = try await cache.counts()
      return good("cache", "\(cache.file), \(counted(counts.links[.linked] ?? 0, "link"))")
    } catch StoreFailure.absent {
      return good("cache", "none yet; the first run makes it in \(wiring.settings.cacheDirectory)")
    } catch {
      return bad("cache", "\(error)", mend: Mend(file: wiring.settings.file).mend(for: error))
    }
  }

  /// Why no cache could be kept where the settings want it; nil where one could.
  private func obstacle(_ wiring: Wiring) -> Check? {
    let mend = "Set `cache_directory` in \(wiring.settings.file) to a folder of your own, or"
    let wanted = wiring.settings.cacheDirectory
    var folder = wanted
    while access(folder, F_OK) != 0, let slash = folder.lastIndex(of: "/"), folder.count > 1 {
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
    var facts = stat()
    guard stat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
      return bad(
        "cache",
        "\(folder) is a file, and a folder is needed there",
        mend: "\(mend) move that file away."
      )
    }
    let file = wanted + "/cache.sqlite"
    let barred = [folder] + (access(file, F_OK) == 0 ? [file] : [])
    guard let path = barred.first(where: { access($0, W_OK) != 0 }) else { return nil }
    return bad(
      "cache",
      "\(path) cannot be written: \(String(cString: strerror(errno)))",
      mend: "\(mend) give yourself the right to write there (`ls -ld \(Invocation.quoted(path))`)."
    )
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
      if let daemon = try DaemonSeat.occupant(of: wiring.settings.cacheDirectory) {
        return good(
          "daemon",
          "process \(daemon.process) is up since \(WallClock.shownWithZone(daemon.since))"
        )
      }
    } catch {
      return bad("daemon", "\(error)", mend: Mend(file: wiring.settings.file).mend(for: error))
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
        mend:
          "share/lockstep/lockstep.service says in its first lines how to have it run by itself."
      )
  }

  // MARK: The two sides

  private func exchange(_ wiring: Wiring) async -> [Check] {
    let address = wiring.settings.exchange.address.url
    let mend = Mend(file: wiring.settings.file)
    let credential: Credential
    do {
      credential = try await wiring.settings.exchange.credential()
    } catch {
      return [bad("Exchange password", "\(error)", mend: mend.mend(for: error, at: .exchange))]
    }
    var checks = [good("Exchange password", "was found")]
    do {
      try await wiring.exchange(credential).use { mailbox in
        let folder = try await mailbox.open()
        checks.append(good("Exchange", "\(folder.server) at \(address), signed in"))
        checks.append(calendar(folder))
        checks.append(agent(folder.mark, wiring))
        if let contacts = wiring.settings.rules.contacts {
          let place = try await mailbox.contactsPlace(named: contacts.folder, known: nil)
          checks.append(self.contacts(place, contacts.folder))
        }
        checks.append(zone(try await mailbox.personalZone(), wiring.settings.zone))
      }
    } catch {
      checks.append(
        bad("Exchange", "\(address): \(error)", mend: mend.mend(for: error, at: .exchange))
      )
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

  private func contacts(_ place: ContactsPlace?, _ name: String?) -> Check {
    let folder = name.map { "“\($0.onOneLine)” below Contacts" } ?? "the folder Contacts"
    guard let place else {
      return good("contacts", "\(folder) is not there yet; the first run makes it")
    }
    let says = "\(folder), \(counted(place.itemCount, "item"))"
    return place.canWrite
      ? good("contacts", says)
      : bad(
        "contacts",
        says + "; this account may read it but not write",
        mend: "Give the account the rights of an editor, or set sync_contacts = false."
      )
  }

  private func agent(_ mark: FolderMark?, _ wiring: Wiring) -> Check {
    let file = wiring.agentFile
    let own: AgentID?
    do {
      own = try AgentIdentity.kept(in: file)
    } catch {
      return bad("agent", "\(error)", mend: Mend(file: wiring.settings.file).mend(for: error))
    }
    let takeOver =
      "'lockstep init --settings \(Invocation.quoted(wiring.settings.file)) --take-over'"
    switch (own, mark) {
    case (nil, nil):
      return good("agent", "none yet; the first run names it and marks the calendar")
    case (_?, nil):
      return good("agent", "this one; no run has marked the calendar yet")
    case (let own?, let mark?) where own == mark.agent:
      return good("agent", "this one serves the calendar; last writing run \(mark.run)")
    case (nil, let mark?) where mark.machine == Wiring.machine:
      return bad(
        "agent",
        "an agent of this machine serves the calendar, and its name is missing (\(file))",
        mend: "Restore that file from a backup. Without one: \(takeOver), to go on as a new agent."
      )
    case (_, let mark?):
      return bad(
        "agent",
        "the one on \(mark.machine) serves this calendar",
        mend: "Leave it to that one, or run \(takeOver) to serve it from here."
      )
    }
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
    let direct = wiring.settings.psa
    let address = direct?.address.server.url ?? "the registry's gateway"
    let (place, secret) = direct == nil ? (Mend.Place.registry, "token") : (.psa, "PSA secret")
    let mend = Mend(file: wiring.settings.file)
    let key: Wiring.PSAKey
    do {
      key = try await wiring.psaKey()
    } catch {
      return [bad(secret, "\(error)", mend: mend.mend(for: error, at: place))]
    }
    var checks = [good(secret, "was found")]
    do {
      let desk = try await wiring.psa(key, replica: wiring.cache()).use { try await $0.open() }
      let how = direct == nil ? "by way of the registry, as it read it last" : "signed in"
      checks.append(good("PSA", "\(desk.server), tenant \(desk.tenant), \(how)"))
      checks.append(good("resource", "\(desk.resource)"))
    } catch {
      let mend = mend.mend(for: error, at: place)
      switch error {
      case AutotaskError.noResource, AutotaskError.inactiveResource,
        AutotaskError.severalResources:
        checks.append(good("PSA", "\(address), signed in"))
        checks.append(bad("resource", "\(error)", mend: mend))
      default:
        checks.append(bad("PSA", "\(address): \(error)", mend: mend))
      }
    }
    return checks
  }

  // MARK: Findings

  func good(_ name: String, _ says: String) -> Check {
    Check(name: name, finding: .good, says: says, mend: nil)
  }

  func warning(_ name: String, _ says: String, mend: String) -> Check {
    Check(name: name, finding: .warning, says: says, mend: invocation.spelled(mend))
  }

  func bad(_ name: String, _ says: String, mend: String?) -> Check {
    Check(
      name: name,
      finding: .bad,
      says: invocation.spelled(says),
      mend: mend.map(invocation.spelled)
    )
  }
}
