import Testing

/// What lies where: `design.md` section 2.
@Suite struct LayoutTests {
  static let layers = ["C", "EngineRoom", "Core", "Adapters", "Servers", "Programs"]

  @Test func `the top level holds nothing else`() throws {
    let ignored = try House.here.text(of: ".gitignore").split(separator: "\n")
      .map { $0.hasSuffix("/") ? String($0.dropLast()) : String($0) }
    let visible = try House.here.names(in: "").filter { !ignored.contains($0) }
    let allowed: Set = ["Package.swift", "README.md", "Sources", "Tests", "man", "share"]
    #expect(Set(visible).subtracting(allowed) == [])
  }

  @Test func `every target has its folder and every folder its target`() throws {
    let declared = try targets()
    #expect(Set(try House.here.names(in: "Sources")) == Set(Self.layers))
    var found: Set<String> = []
    for layer in Self.layers {
      for name in try House.here.names(in: "Sources/\(layer)") { found.insert("\(layer)/\(name)") }
    }
    for name in try House.here.names(in: "Tests") { found.insert("Tests/\(name)") }
    #expect(declared.subtracting(found) == [], "targets without a folder")
    #expect(found.subtracting(declared) == [], "folders without a target")
  }

  @Test func `the package names its targets in order within each section`() throws {
    let manifest = try House.here.text(of: "Package.swift")
    let list = try #require(manifest.firstRange(of: "targets: [\n"))
    for section in manifest[list.upperBound...].split(separator: "\n\n") {
      let names = "\n\(section)".matches(of: /\n {4}(?:door|room|program|ground|tests)\(\s*"(\w+)"/)
        .map { String($0.1) }
      #expect(names == names.sorted())
    }
  }

  @Test func `long files are asked about`() throws {
    for page in try House.here.pages(under: "Sources") + House.here.pages(under: "Tests") {
      let lines = page.text.split(separator: "\n", omittingEmptySubsequences: false).count
      if lines > 400 { print("QUESTION: \(page.path) has \(lines) lines; is it two rooms?") }
    }
  }

  private func targets() throws -> Set<String> {
    let manifest = try House.here.text(of: "Package.swift")
    var declared: Set<String> = []
    for match in manifest.matches(of: /\n {4}door\(\s*"(\w+)"/) { declared.insert("C/\(match.1)") }
    for match in manifest.matches(of: /\n {4}\.systemLibrary\(\s*name: "(\w+)"/) {
      declared.insert("C/\(match.1)")
    }
    for match in manifest.matches(of: /\n {4}room\(\s*"(\w+)",\s*in: "(\w+)"/) {
      declared.insert("\(match.2)/\(match.1)")
    }
    for match in manifest.matches(of: /\n {4}program\(\s*"(\w+)"/) {
      declared.insert("Programs/\(match.1)")
    }
    for match in manifest.matches(of: /\n {4}(?:ground|tests)\(\s*"(\w+)"/) {
      declared.insert("Tests/\(match.1)")
    }
    return declared
  }
}
