package import RegistryAPI
package import SyncModel
package import ZoneData

/// Everything that one agent is told by its settings file and its person's profile file.
///
/// Holds where secrets lie, never a secret.
package struct LockstepSettings: Hashable, Sendable {
  /// The settings file itself.
  package let file: String
  /// The agent's name; the cache lies in a folder of that name.
  package let profile: String
  /// From the start of one run to the next, 10 minutes or more.
  package var interval: Duration {
    kept.map { .seconds($0.policy.intervalMinutes * 60) } ?? ownInterval
  }
  /// The same as the file has it.
  private let ownInterval: Duration
  package let cacheDirectory: String
  package let exchange: ExchangeSettings
  /// Nil where the registry's gateway reaches the PSA for this agent.
  package let psa: PSASettings?
  /// Who tells what is allowed; nil where the settings file alone does.
  package let registry: RegistrySettings?
  /// What the registry told last; nil before it ever did.
  package var kept: KeptPolicy?
  /// The switches of the settings file, with defaults for those that it leaves out.
  private let ownPolicy: SyncSwitches
  /// Those that it does not leave out, which narrow a registry's; nil without one.
  private let given: UserProfile?
  /// The person's own.
  package var own: UserProfile
  package let conflict: SyncRules.Winner
  package let meetingTimes: SyncRules.MeetingTimes
  /// The zone of all-day items where Exchange knows none for the mailbox.
  package let zone: ZoneName?
  /// The folder below Contacts that contacts are written to; nil for Contacts itself.
  package let contactsFolder: String?
  /// Addresses with `{id}` that open an item in the PSA.
  package let links: [Kind: String]

  /// Reads a settings file and the profile file beside it.
  ///
  /// Refuses unknown keys, wrong values, addresses that are not safe, and files that others may
  /// write; all problems of the file at once. A zone has to be in `zones`.
  package static func load(
    from file: String,
    places: SettingsPlaces = .ofProcess(),
    zones: ZoneDatabase = ZoneDatabase()
  ) throws(SettingsRefusal) -> LockstepSettings {
    let own = try ProfileFile(besideSettings: file).read()
    let text = try SettingsFile.text(of: file) ?? ""
    var settings = try parse(text, file: file, own: own, places: places, zones: zones)
    if let registry = settings.registry {
      settings.kept = try KeptPolicy.read(
        of: registry.address.url,
        in: settings.cacheDirectory
      )
    }
    return settings
  }

  /// The settings that a text describes; `file` is its name in complaints and the base of paths.
  package static func parse(
    _ text: String,
    file: String,
    own: UserProfile = UserProfile(),
    places: SettingsPlaces,
    zones: ZoneDatabase = ZoneDatabase()
  ) throws(SettingsRefusal) -> LockstepSettings {
    var reader = try SettingsFile.reader(of: text, file: file)
    let files = SettingsPaths(places: places, folder: SettingsFile.folder(of: file))
    let profile = reader.profileName()
    let minutes = reader.integer("interval", 10...1_440) ?? 15
    let cache = reader.string("cache_directory").map(files.absolute)
    let exchange = reader.exchange(files)
    let isGateway = reader.usesGateway()
    let psa = isGateway ? nil : reader.psa(mailbox: exchange?.mailbox, files)
    let registry = reader.registry(profile: profile, files)
    let given = reader.profile(under: "sync.")
    var ownPolicy = SyncSwitches.standard
    ownPolicy.take(given)
    let conflict = reader.choice(
      "sync.conflict",
      ["psa": SyncRules.Winner.psa, "exchange": .exchange]
    )
    let meetingTimes = reader.choice(
      "sync.meeting_times",
      ["exchange": SyncRules.MeetingTimes.exchange, "both": .both]
    )
    let zone = reader.zone(zones)
    let contactsFolder = reader.contactsFolder()
    let links = reader.links()
    let problems = reader.finish()
    guard problems.isEmpty, let exchange, psa != nil || isGateway else {
      throw SettingsRefusal(file: file, problems: problems)
    }
    return LockstepSettings(
      file: file,
      profile: profile,
      ownInterval: .seconds(minutes * 60),
      cacheDirectory: cache ?? places.cache(of: profile),
      exchange: exchange,
      psa: psa,
      registry: registry,
      kept: nil,
      ownPolicy: ownPolicy,
      given: registry == nil ? nil : given,
      own: own,
      conflict: conflict ?? .psa,
      meetingTimes: meetingTimes ?? .exchange,
      zone: zone,
      contactsFolder: contactsFolder,
      links: links
    )
  }

  /// The switches of the settings file; with a registry its own, as far as the file narrows them.
  package var policy: SyncSwitches {
    guard let allowed, let given else { return ownPolicy }
    return allowed.narrowed(by: given)
  }

  /// What the registry allows; nil where it has told nothing yet.
  package var allowed: SyncSwitches? {
    guard let kept else { return nil }
    do {
      var switches = try SyncSwitches(texts: kept.policy.switches)
      switches.isEnabled = switches.isEnabled && kept.policy.isEnabled
      return switches
    } catch {
      // A policy is read before it is kept: one that cannot be read allows nothing.
      var nothing = SyncSwitches.standard
      nothing.isEnabled = false
      return nothing
    }
  }

  /// The switches that hold: the policy narrowed by the person's profile (`rules.md` 9).
  package var switches: SyncSwitches { policy.narrowed(by: own) }

  /// What the core needs of all this.
  package var rules: SyncRules {
    let switches = switches
    return SyncRules(
      appointmentsToExchange: switches.appointmentsToExchange,
      importDetail: switches.appointmentsToAutotask ? switches.importDetail : .off,
      sendsFreeTime: switches.sendsFreeTime,
      pastDays: switches.pastDays,
      recurringDays: switches.recurringDays,
      conflict: conflict,
      meetingTimes: meetingTimes,
      zone: zone,
      appointmentLink: links[.appointment],
      toDos: switches.toDos,
      serviceCalls: switches.serviceCalls,
      toDoLink: links[.toDo],
      serviceCallLink: links[.serviceCall],
      contacts: switches.contacts
        ? ContactRules(folder: contactsFolder, link: links[.contact]) : nil
    )
  }

  /// Everything that decides what is read and written, one line each in a fixed order.
  ///
  /// Its digest tells runs under other settings apart. Holds no secret and nothing that changes
  /// neither what is read nor what is written, such as the interval or where passwords lie. Where the
  /// registry wants everything read again, it differs too: runs under other settings do just that,
  /// and no suppression is lifted (`rules.md` 9).
  package var canonicalText: String {
    let switches = switches
    let fullReading = kept.map(\.policy.fullReading) ?? 0
    let resource =
      switch psa?.resource {
      case .mailAddress(let address): address
      case .number(let number): number.description
      // Whose calendar it is, the registry told when the agent was enrolled.
      case nil: kept.map { "\($0.policy.resource)" } ?? ""
      }
    return """
      exchange=\(exchange.address.url)
      mailbox=\(exchange.mailbox)
      user=\(exchange.user)
      psa=\(psa?.address.server.url ?? "gateway")
      psaUser=\(psa?.user ?? registry?.address.url ?? "")
      resource=\(resource)
      enabled=\(switches.isEnabled)
      contacts=\(switches.contacts)
      links=\(Kind.allCases.map { links[$0] ?? "" }.joined(separator: " "))
      \(rules.canonicalText)
      """ + (fullReading > 0 ? "\nfullReading=\(fullReading)" : "")
  }
}

/// Where paths of a settings file are read from.
struct SettingsPaths {
  let places: SettingsPlaces
  let folder: String

  func absolute(_ path: String) -> String { places.absolute(path, from: folder) }
}

extension SettingsReader {
  mutating func profileName() -> String {
    guard let name = string("profile") else { return "default" }
    let isFolderName =
      name.utf8.count <= 64 && !name.hasPrefix(".") && !name.hasPrefix("-")
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
      }
    if !isFolderName {
      complain("profile", "profile must be up to 64 letters, digits, dots, dashes or underlines.")
    }
    return name
  }

  mutating func zone(_ zones: ZoneDatabase) -> ZoneName? {
    guard let name = string("sync.zone") else { return nil }
    let iana = WindowsZones.iana(forWindows: name) ?? name
    do {
      _ = try zones.zone(iana)
      return ZoneName(iana)
    } catch {
      complain("sync.zone", "sync.zone cannot be used. \(error)")
      return nil
    }
  }

  mutating func contactsFolder() -> String? {
    let key = "sync.contacts_folder"
    guard let name = string(key) else { return nil }
    let isName =
      !name.normalised.isEmpty && name.normalised == name && name.utf16.count <= 255
      && !name.contains { $0.isNewline || $0 == "/" || $0 == "\\" }
    if !isName {
      complain(key, "\(key) must be the name of a folder: one line, without / and \\.")
    }
    return name
  }

  mutating func links() -> [Kind: String] {
    let keys: KeyValuePairs<String, Kind> = [
      "appointment": .appointment, "service_call": .serviceCall, "to_do": .toDo,
      "contact": .contact,
    ]
    var links: [Kind: String] = [:]
    for (name, kind) in keys {
      let key = "links.\(name)"
      guard let link = string(key) else { continue }
      guard link.hasPrefix("https://") || link.hasPrefix("http://"), link.contains("{id}") else {
        complain(key, "\(key) must be an address with {id} where the item's number belongs.")
        continue
      }
      links[kind] = link
    }
    return links
  }
}
