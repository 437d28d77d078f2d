import Testing

/// Words that may not stand in code, or only in one place.
///
/// Patterns are put together from halves, so that this file does not find itself.
@Suite struct WordTests {
  let house = House.here
  let sources: [House.Page]
  let tests: [House.Page]

  init() throws {
    sources = try house.pages(under: "Sources")
    tests = try house.pages(under: "Tests")
  }

  @Test(arguments: [#"\bDate\("#, #"\bUUID\("#, "FileManager", "ProcessInfo", #"\brandom\b"#])
  func `Core takes time, dice and files from outside`(word: String) throws {
    let core = sources.filter { $0.path.hasPrefix("Sources/Core/") }
    let places = try house.places(of: word, in: core)
    #expect(places == [])
  }

  @Test(arguments: [
    "try" + "!", "fatal" + #"Error\("#, " as" + "! ", #"\bTO"# + #"DO\b"#, "FIX" + "ME",
  ])
  func `nothing is forced, and nothing is put off`(word: String) throws {
    let places = try house.places(of: word, in: sources + tests)
    #expect(places == [])
  }

  @Test func `errors are not thrown away`() throws {
    // Clean-up may fail in silence; such a line says so at its end.
    let places = try house.places(of: #"\btry"# + #"\?"#, in: sources)
    #expect(places.filter { !$0.contains("// clean-up") } == [])
  }

  @Test(arguments: [#"\bUnsafe"# + "Mutable", #"\bOpaque"# + "Pointer"])
  func `pointers stay in the engine room`(word: String) throws {
    let rooms = sources.filter { !$0.path.hasPrefix("Sources/EngineRoom/") }
    let places = try house.places(of: word, in: rooms)
    #expect(places == [])
  }

  @Test func `one file touches the options of TLS`() throws {
    let all = sources + (try house.pages(under: "Sources", ending: ".h"))
    let option = "CURLOPT" + "_SSL_"
    #expect(
      all.filter { $0.text.contains(option) }.map(\.path)
        == ["Sources/EngineRoom/HTTP/TrustPolicy.swift"]
    )
  }

  @Test(arguments: [#"\bMutex<"#, #"\bTimeZone[.(]"#, #"\bDateFormatter\b"#, #"\bCalendar\("#])
  func `no lock that the thread sanitizer misjudges, no zone but ours`(word: String) throws {
    let places = try house.places(of: word, in: sources)
    #expect(places == [])
  }

  @Test func `no place of somebody's machine is written down`() throws {
    let places = ["/wo" + "rk/", "/tmp" + "/lk", "/ro" + "ot/"]
    var texts = sources + tests
    for folder in ["share", "man"] { texts += try house.pages(under: folder, ending: "") }
    for path in ["Package.swift", "README.md"] where house.holds(path) {
      texts.append(House.Page(path: path, text: try house.text(of: path)))
    }
    for text in texts {
      for place in places where text.text.contains(place) {
        Issue.record("\(text.path) says \(place)")
      }
    }
  }
}
