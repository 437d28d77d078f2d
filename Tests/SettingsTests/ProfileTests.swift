import RegistryAPI
import Settings
import SyncModel
import TestGround
import Testing

@Suite struct ProfileTests {
  @Test func `a person may tighten and never loosen`() throws {
    var own = UserProfile()
    for assignment in [
      "import_detail=none", "send_free_time=true", "past_days=30", "recurring_days=3",
      "sync_contacts=true", "sync_to_dos=false",
    ] { try own.set(assignment) }
    let settings = try Sample.settings(
      more: "[sync]\nsend_free_time = false\nimport_detail = 'all'",
      own: own
    )
    #expect(settings.rules.importDetail == .none)
    #expect(!settings.rules.sendsFreeTime)
    #expect(settings.rules.pastDays == 7)
    #expect(settings.rules.recurringDays == 3)
    #expect(!settings.switches.contacts)
    #expect(!settings.switches.toDos)
  }

  @Test(arguments: [
    (SyncRules.Detail.none, "all", SyncRules.Detail.none), (.off, "all", .off),
    (.all, "off", .off), (.none, "off", .off), (.all, "all", .all), (.off, "none", .off),
  ])
  func `the stricter detail counts`(
    policy: SyncRules.Detail,
    own text: String,
    effective: SyncRules.Detail
  ) throws {
    var own = UserProfile()
    try own.set("import_detail=\(text)")
    var switches = SyncSwitches.standard
    switches.importDetail = policy
    #expect(switches.narrowed(by: own).importDetail == effective)
  }

  @Test(arguments: [
    "colour=red", "past_days", "past_days=0", "past_days=31", "past_days=x", "enabled=yes",
    "import_detail=some", "=", "", "enabled =true",
  ])
  func `assignments that make no sense are refused`(assignment: String) {
    var own = UserProfile()
    #expect(throws: ProfileRefusal.self) { try own.set(assignment) }
    #expect(own == UserProfile())
  }

  @Test func `what is written is read again, and an empty value takes it back`() throws {
    let folder = try TemporaryFolder()
    let file = ProfileFile(besideSettings: folder.path + "/settings.toml")
    #expect(try file.read() == UserProfile())
    var own = UserProfile()
    for assignment in [
      "enabled=false", "sync_appointments_to_exchange=true", "sync_appointments_to_autotask=false",
      "sync_to_dos=true", "sync_service_calls=false", "sync_contacts=true", "import_detail=off",
      "send_free_time=false", "past_days=2", "recurring_days=29",
    ] { try own.set(assignment) }
    try file.write(own)
    #expect(try file.read() == own)
    for key in ProfileKey.allCases { try own.set("\(key.rawValue)=") }
    try file.write(own)
    #expect(try file.read() == UserProfile())
  }

  @Test func `the profile beside the settings is read with them`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("settings.toml", Sample.exchange + "\n" + Sample.psa)
    try folder.write("profile.toml", "past_days = 3\n")
    #expect(try LockstepSettings.load(from: file, places: Sample.places).rules.pastDays == 3)
    try folder.write("profile.toml", "past_day = 3\n")
    let refusal = #expect(throws: SettingsRefusal.self) {
      try LockstepSettings.load(from: file, places: Sample.places)
    }
    #expect(refusal?.description.contains("profile.toml:1: “past_day”") == true)
  }
}
