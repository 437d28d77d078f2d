import Foundation
import Testing

/// Contacts through the real binary, and as an independent client finds them in Exchange.
@Suite(.timeLimit(.minutes(10))) struct ContactTests {
  private struct Plan: Decodable {
    struct Line: Decodable {
      let side: String
      let kind: String
      let verb: String
      let item: String
      let start: String?
    }
    let operations: [Line]
  }

  private struct Run: Decodable {
    struct Write: Decodable {
      let kind: String
      let verb: String
      let title: String?
      let status: String
    }
    let writes: [Write]
  }

  private struct Status: Decodable { let contacts: Int }

  /// The fields and the stamp of each contact in Contacts/PSA, by exchangelib.
  private static let judge = """
    folder = account.contacts / "PSA"
    print(json.dumps([{
        "class": folder.folder_class, "stamp": c.stamp, "fileAs": c.file_as,
        "subject": c.subject, "surname": c.surname, "title": c.complete_name.title,
        "suffix": c.generation, "company": c.company_name, "job": c.job_title,
        "office": c.office, "note": (c.body or "").strip(),
        "mails": [e.email for e in c.email_addresses or []],
        "phones": {p.label: p.phone_number for p in c.phone_numbers or [] if p.phone_number},
        "addresses": [[a.label, a.street, a.city, a.zipcode, a.country]
                      for a in c.physical_addresses or [] if a.street],
    } for c in folder.all().order_by("surname")]))
    """

  private struct Found: Decodable, Equatable {
    let `class`: String
    let stamp: String?
    let fileAs: String?
    let subject: String?
    let surname: String?
    let title: String?
    let suffix: String?
    let company: String?
    let job: String?
    let office: String?
    let note: String
    let mails: [String]
    let phones: [String: String]
    let addresses: [[String?]]
  }

  @Test func `contacts are planned, written, shown and read back by an independent client`()
    async throws
  {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let config = try sandbox.settings(
        "contacts.toml",
        replacing: "\n[sync]\n",
        with: "\n[sync]\nsync_contacts = true\ncontacts_folder = \"PSA\"\n"
      )
      let doctor = try await sandbox.lockstep("doctor", config: config).output
      #expect(doctor.contains("“PSA” below Contacts is not there yet; the first run makes it"))
      let plan: Plan = try await sandbox.lockstep("plan", "--json", config: config).json()
      let planned = plan.operations.filter { $0.kind == "contact" }
      #expect(planned.map(\.item) == ["30700", "30712"])
      #expect(planned.allSatisfy { $0.verb == "create" && $0.start == nil })
      let words = try await sandbox.lockstep("plan", config: config).output
      #expect(words.contains("contact “Office Contact 30700”: not in Exchange yet"), "\(words)")

      let first: AttemptLine = try await sandbox.lockstep("sync", "--json", config: config).json()
      #expect(first.outcome == "success")
      let status: Status = try await sandbox.lockstep("status", "--json", config: config).json()
      #expect(status.contacts == 2)
      #expect(
        try await sandbox.lockstep("status", config: config).output.contains("  2 contacts in step")
      )
      let run: Run =
        try await sandbox
        .lockstep("history", "\(first.run)", "--json", config: config).json()
      let written = run.writes.filter { $0.kind == "contact" }
      #expect(
        written.map(\.title) == ["Office B Contact 30700", "Office B Contact 30712"]
      )
      #expect(written.allSatisfy { $0.verb == "create" && $0.status == "done" })
      let again: AttemptLine = try await sandbox.lockstep("sync", "--json", config: config).json()
      #expect(again.writes == 0)
      #expect(
        try await sandbox.lockstep("doctor", config: config).output
          .contains("“PSA” below Contacts, 2 items")
      )
      // By the settings without contacts.
      let off: Status = try await sandbox.lockstep("status", "--json").json()
      #expect(off.contacts == 0)

      let found: [Found]? = try await MailboxReader.read(by: ContactTests.judge, in: sandbox)
      guard let found else { return }
      #expect(
        found.map(\.stamp) == ["lockstep1;contact;30700;123456", "lockstep1;contact;30712;123456"]
      )
      #expect(
        found.first
          == Found(
            class: "IPF.Contact",
            stamp: "lockstep1;contact;30700;123456",
            fileAs: "Contact 30700, Office",
            subject: "Office B Contact 30700",
            surname: "Contact 30700",
            title: found.first?.title,
            suffix: "II",
            company: "Bakery",
            job: "Front desk",
            office: "4.11",
            note: "Mornings only",
            mails: ["contact-30700@example.net", "desk-190@example.net"],
            phones: [
              "BusinessPhone": "555-0142 x0", "BusinessPhone2": "555-0177",
              "MobilePhone": "555-0199", "BusinessFax": "555-0178",
            ],
            addresses: [["Business", "Main street 190", "Port", "12345", "Germany"]]
          )
      )
    }
  }

  @Test func `a contact that is left alone is named like everything else`() async throws {
    try await Sandbox.serving(["--items", "2"]) { sandbox in
      let config = try sandbox.settings(
        "contacts.toml",
        replacing: "[sync]\n",
        with: "[sync]\nsync_contacts = true\n"
      )
      for _ in 1...2 { _ = try await sandbox.lockstep("sync", config: config) }
      try await sandbox.edit("--side", "psa", "--kind", "contact", "--create", "Con Canary")
      try FileManager.default.removeItem(at: sandbox.cache.deletingLastPathComponent())
      _ = try await sandbox.lockstep("adopt", config: config)
      let status = try await sandbox.lockstep("status", config: config).output
      #expect(status.contains("  1 on one side only since the cache was lost"), "\(status)")
      #expect(status.contains("\n    contact “Con Canary”"), "\(status)")
    }
  }

  @Test func `contacts that are switched off are not mentioned and not asked for`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let plan: Plan = try await sandbox.lockstep("plan", "--json").json()
      #expect(!plan.operations.contains { $0.kind == "contact" })
      #expect(try await !sandbox.lockstep("doctor").output.contains("Contacts"))
    }
  }
}
