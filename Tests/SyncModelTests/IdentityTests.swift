import Cryptography
import SyncModel
import Testing

private let sha = Fingerprinter(digest: SHA256.digest)

/// `rules.md` 7: the stamp on Exchange items.
@Suite struct StampTests {
  let stamp = Stamp(
    kind: .appointment,
    id: PSAID(77),
    tenant: TenantID(42),
    resource: ResourceID(29_683),
    uid: "UID-1",
    sha
  )

  @Test func `a stamp is what Python's hashlib makes of its parts`() {
    #expect(stamp.description == "lockstep1;appointment;77;42;f5f8797273ef7f0093ade1bf4b91325a")
  }

  @Test(arguments: Kind.allCases, [1, 0, 922_337_203_685_477_580] as [Int64])
  func `a stamp comes back from its text`(_ kind: Kind, _ id: Int64) {
    let made = Stamp(
      kind: kind,
      id: PSAID(id),
      tenant: TenantID(1),
      resource: ResourceID(2),
      uid: "ü;\n",
      sha
    )
    #expect(Stamp(made.description) == made)
  }

  @Test func `a copy with a UID of its own, or in another person's calendar, gives itself away`() {
    #expect(stamp.belongs(to: ResourceID(29_683), uid: "UID-1", sha))
    #expect(!stamp.belongs(to: ResourceID(29_683), uid: "UID-2", sha))
    #expect(!stamp.belongs(to: ResourceID(29_684), uid: "UID-1", sha))
    #expect(!stamp.belongs(to: ResourceID(29_683), uid: nil, sha))
  }

  @Test(arguments: ["lockstep1;appointment;78", "lockstep1;to-do;77"])
  func `an id or kind changed by hand breaks the stamp`(_ head: String) throws {
    let forged = try #require(Stamp("\(head);42;f5f8797273ef7f0093ade1bf4b91325a"))
    #expect(!forged.belongs(to: ResourceID(29_683), uid: "UID-1", sha))
  }

  @Test(arguments: [
    "", "lockstep1", "lockstep2;appointment;77;42;f5f8797273ef7f0093ade1bf4b91325a",
    "lockstep1;meeting;77;42;f5f8797273ef7f0093ade1bf4b91325a",
    "lockstep1;appointment;x;42;f5f8797273ef7f0093ade1bf4b91325a",
    "lockstep1;appointment;77;;f5f8797273ef7f0093ade1bf4b91325a",
    "lockstep1;appointment;+77;42;f5f8797273ef7f0093ade1bf4b91325a",
    "lockstep1;appointment;077;42;f5f8797273ef7f0093ade1bf4b91325a",
    "lockstep1;appointment;77;42;f5f8797273ef7f0093ade1bf4b91325",
    "lockstep1;appointment;77;42;g5f8797273ef7f0093ade1bf4b91325a",
    "lockstep1;appointment;77;42;+5f8797273ef7f0093ade1bf4b91325a",
    "lockstep1;appointment;77;42;F5F8797273EF7F0093ADE1BF4B91325A",
    "lockstep1;appointment;77;42;f5f8797273ef7f0093ade1bf4b91325a;",
    " lockstep1;appointment;77;42;f5f8797273ef7f0093ade1bf4b91325a",
    "lockstep1;appointment;77;42;ffffffffffffffffffffffffffffffffé",
  ])
  func `other text is no stamp`(_ text: String) { #expect(Stamp(text) == nil) }
}

/// `rules.md` 7: the mark on the calendar folder.
@Suite struct FolderMarkTests {
  @Test(arguments: [
    ("desk", "desk"), ("", ""), (" Büro ", " Büro "), ("a;b;c", "abc"), ("a\r\nb\n", "ab"),
    ("PC-👩‍💻", "PC-👩‍💻"), ("lockstep1;1;2;3", "lockstep1123"), ("e\u{301}", "e\u{301}"),
    ("=\"<&>", "=\"<&>"),
  ])
  func `a mark comes back from its text, whatever the machine is called`(
    _ machine: String,
    _ kept: String
  ) throws {
    let mark = FolderMark(
      tenant: TenantID(42),
      resource: ResourceID(7),
      agent: AgentID("a-1"),
      machine: machine,
      run: RunID(12)
    )
    #expect(mark.machine == kept)
    #expect(FolderMark(mark.description) == mark)
    #expect(mark.description == "lockstep1;42;7;a-1;12;\(kept)")
  }

  @Test(arguments: [
    "", "lockstep1;1;2;a;3", "lockstep2;1;2;a;3;m", "lockstep1;x;2;a;3;m", "lockstep1;1;;a;3;m",
    "lockstep1;1;2;;3;m", "lockstep1;1;2;a;;m", "lockstep1;1;2;a;3.0;m", "lockstep1;+1;2;a;3;m",
  ])
  func `other text is no mark`(_ text: String) { #expect(FolderMark(text) == nil) }
}

/// `rules.md` 7: the line at the end of descriptions in the PSA.
@Suite struct ReferenceTests {
  let reference = Reference(
    tenant: TenantID(42),
    resource: ResourceID(29_683),
    identity: .uid(CleanUID("040000008200E00074C5B7101A82E008")),
    originalDate: LocalDate(year: 2026, month: 3, day: 2),
    sha
  )

  @Test func `a reference is what Python's hashlib and base64 make of its parts`() {
    #expect(reference.description == "wyolabvtys56a5fh")
    #expect(reference.line == "Ref: wyolabvtys56a5fh")
    let ofItem = Reference(
      tenant: TenantID(42),
      resource: ResourceID(29_683),
      identity: .item(ExchangeItemID("AAMkÄ=")),
      originalDate: nil,
      sha
    )
    #expect(ofItem.description == "qhfyy5lvpjx3okw2")
  }

  @Test func `ten thousand references come back from their letters`() {
    var state: UInt64 = 1
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
    for _ in 0..<10_000 {
      var letters = ""
      for _ in 0..<16 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        letters.append(alphabet[Int(state >> 59)])
      }
      guard Reference(letters: letters)?.description == letters else {
        Issue.record("\(letters) does not come back")
        return
      }
    }
  }

  @Test(arguments: [
    "", "wyolabvtys56a5f", "wyolabvtys56a5fhh", "WYOLABVTYS56A5FH", "wyolabvtys56a5f1",
    "wyolabvtys56a5f ", "wyolabvtys56a5é",
  ])
  func `other letters are no reference`(_ letters: String) {
    #expect(Reference(letters: letters) == nil)
  }

  @Test(arguments: [
    ("Ref: wyolabvtys56a5fh", "", true),
    ("text\n\nRef: wyolabvtys56a5fh", "text", true),
    ("text\r\n\r\nRef: wyolabvtys56a5fh\r\n", "text", true),
    ("text\nRef: wyolabvtys56a5fh  \t\n\n ", "text", true),
    ("  Ref: wyolabvtys56a5fh", "", true),
    ("é👍\n\nRef: wyolabvtys56a5fh", "é👍", true),
    ("Ref: aaaaaaaaaaaaaaaa\nRef: wyolabvtys56a5fh", "Ref: aaaaaaaaaaaaaaaa", true),
    ("text Ref: wyolabvtys56a5fh", "text Ref: wyolabvtys56a5fh", false),
    ("Ref: wyolabvtys56a5fh\nadded below", "Ref: wyolabvtys56a5fh\nadded below", false),
    ("text\nRef: wyolabvtys56a5fh.", "text\nRef: wyolabvtys56a5fh.", false),
    ("text\nREF: wyolabvtys56a5fh", "text\nREF: wyolabvtys56a5fh", false),
    ("text\nRef:  wyolabvtys56a5fh", "text\nRef:  wyolabvtys56a5fh", false),
    ("text\nRef: wyolabvtys56a5f", "text\nRef: wyolabvtys56a5f", false),
    ("", "", false),
  ])
  func `a reference is split off where it is the last line, and only there`(
    _ description: String,
    _ text: String,
    _ isThere: Bool
  ) {
    let split = Reference.split(description)
    #expect(split.text == text)
    #expect(split.reference == (isThere ? reference : nil))
  }

  @Test(arguments: [0, 1, 7_976, 7_977, 7_978, 8_000, 20_000])
  func `the line always fits, and comes back`(_ length: Int) {
    let text = String(repeating: "x", count: length)
    let ending = reference.ending(text, limit: 8_000)
    #expect(ending.utf16.count <= 8_000)
    #expect(Reference.split(ending).reference == reference)
    #expect(Reference.split(ending).text == (length <= 7_977 ? text : text.cut(toUTF16: 7_977)))
    #expect(length > 0 || ending == reference.line)
  }

  @Test func `each part of a reference tells items apart`() {
    let uid = CleanUID("04")
    func made(_ tenant: Int64, _ resource: Int64, _ identity: ReferenceIdentity, _ day: Int32?)
      -> Reference
    {
      Reference(
        tenant: TenantID(tenant),
        resource: ResourceID(resource),
        identity: identity,
        originalDate: day.map { LocalDate(daysSince1970: $0) },
        sha
      )
    }
    let all = [
      made(1, 23, .uid(uid), nil), made(12, 3, .uid(uid), nil), made(1, 23, .uid(uid), 0),
      made(1, 23, .uid(uid), 1), made(1, 23, .item(ExchangeItemID("05")), nil),
    ]
    #expect(Set(all).count == all.count)
  }
}

/// Fingerprints and digests of parts.
@Suite struct FingerprinterTests {
  @Test func `a fingerprint is the first half of SHA-256 over normalised text`() {
    #expect(sha.print(of: "").description == "e3b0c44298fc1c149afbf4c8996fb924")
    #expect(sha.print(of: " a \r\nb\n").description == "7e18f737311b2dc3b2f269dd78396b03")
    #expect(Fingerprint(high: 1, low: 0xAB).description == "0000000000000001" + "00000000000000ab")
  }

  @Test func `each part is preceded by its length in bytes`() {
    let hexadecimal = sha.digest(ofParts: ["a", "", "ää"]).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    #expect(hexadecimal == "4402e95d4822a149b2c6f79a76fc848bb86efe06c0e18e165f98aeeebc94dbf9")
    #expect(sha.digest(ofParts: ["ab", "c"]) != sha.digest(ofParts: ["a", "bc"]))
    #expect(sha.digest(ofParts: []) != sha.digest(ofParts: [""]))
  }
}
