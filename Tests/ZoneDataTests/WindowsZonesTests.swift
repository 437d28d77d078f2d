import Testing
import ZoneData

@Suite struct WindowsZonesTests {
  @Test(arguments: [
    ("W. Europe Standard Time", "Europe/Berlin"), ("w. europe standard time", "Europe/Berlin"),
    ("India Standard Time", "Asia/Kolkata"), ("FLE Standard Time", "Europe/Kyiv"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"), ("UTC", "Etc/UTC"),
    ("tzone://Microsoft/Utc", "Etc/UTC"), ("Europe/Paris", "Europe/Paris"),
    ("America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
    ("Central Asia Standard Time", "Asia/Bishkek"),
    ("Mountain Standard Time (Mexico)", "America/Mazatlan"),
  ])
  func `ids of items lead to zones of the tz database`(id: String, name: String) {
    #expect(WindowsZones.iana(forWindows: id) == name)
  }

  @Test(arguments: [
    "", "Customized Time Zone", "tzone://Microsoft/Custom", "(UTC+01:00) Berlin", "Europe/../etc",
    "Nowhere Standard Time", "W. Europe Standard Time|Europe/Berlin",
  ])
  func `custom and unknown zones have no name`(id: String) {
    #expect(WindowsZones.iana(forWindows: id) == nil)
  }

  @Test(arguments: [
    ("Europe/Berlin", "W. Europe Standard Time"), ("Europe/Kyiv", "FLE Standard Time"),
    ("Europe/Kiev", "FLE Standard Time"), ("Asia/Calcutta", "India Standard Time"),
    ("Asia/Kolkata", "India Standard Time"), ("America/Nuuk", "Greenland Standard Time"),
    ("Asia/Almaty", "West Asia Standard Time"), ("Etc/UTC", "UTC"), ("UTC", "UTC"),
    ("America/Ciudad_Juarez", "Mountain Standard Time"),
    ("America/Coyhaique", "Magallanes Standard Time"),
  ])
  func `old and new names of a zone have its Windows id`(name: String, id: String) {
    #expect(WindowsZones.windows(forIANA: name) == id)
  }

  @Test func `each Windows id leads to a zone that this system has and back`() throws {
    let database = ZoneDatabase()
    #expect(WindowsZones.allWindowsIDs.count >= 139)
    for id in WindowsZones.allWindowsIDs {
      let name = try #require(WindowsZones.iana(forWindows: id))
      _ = try database.zone(name)
      #expect(WindowsZones.windows(forIANA: name) == id)
    }
  }
}
