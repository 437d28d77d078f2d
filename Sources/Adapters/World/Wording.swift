/// What stands in the seeded calendars: jobs, places and people by their roles.
enum Wording {
  static let customer = Mailbox.Person(name: "Customer", address: "customer@example.net")
  static let dispatcher = Mailbox.Person(name: "Dispatcher", address: "dispatcher@example.com")
  static let lead = Mailbox.Person(name: "Service lead", address: "lead@example.com")

  static func job(_ dice: inout Dice) -> String {
    "\(dice.pick(jobs) ?? ""), \(dice.pick(sites) ?? "")"
  }

  static func office(_ dice: inout Dice) -> String {
    "\(dice.pick(talks) ?? "") \(dice.pick(subjects) ?? "")"
  }

  static func series(_ dice: inout Dice) -> String {
    "\(dice.pick(rounds) ?? "") \(dice.pick(subjects) ?? "")"
  }

  static func personal(_ dice: inout Dice) -> String { dice.pick(privately) ?? "" }

  static func wholeDay(_ dice: inout Dice) -> String { dice.pick(days) ?? "" }

  static func place(_ dice: inout Dice) -> String { dice.pick(places) ?? "" }

  static func instructions(_ dice: inout Dice) -> String { dice.pick(notes) ?? "" }

  private static let jobs = [
    "Replace the firewall", "Check the backup", "Patch the servers", "Move the mail server",
    "Set up workstations", "Measure the wireless", "Exchange a disk", "Renew certificates",
    "Audit the cabling", "Install the phone system", "Update the printers", "Restore a folder",
    "Inspect the power supply", "Train the front desk", "Tidy the rack", "Test the failover",
  ]

  private static let sites = [
    "north office", "south office", "warehouse", "town hall", "harbour branch", "clinic",
    "law office", "bakery", "school", "workshop", "airport desk", "library", "museum", "depot",
  ]

  private static let talks = [
    "Review of", "Planning:", "Call about", "Hand-over of", "Estimate for", "Workshop on",
    "Notes on", "Questions about", "Decision on", "Walk-through of",
  ]

  private static let rounds = ["Round on", "Status of", "Jour fixe:", "Weekly:"]

  private static let subjects = [
    "the ticket backlog", "the spring migration", "on-call rota", "remote access",
    "the storage order", "spare parts", "the maintenance window", "licences",
    "the monitoring rules", "the Zürich move", "travel costs", "the new handbook",
  ]

  private static let privately = [
    "Dentist", "Parents' evening", "Physiotherapy", "Car inspection", "Moving boxes",
    "Doctor's appointment", "Bank appointment", "Piano lesson",
  ]

  private static let days = [
    "Trade fair", "Out of office", "Inventory", "On call", "Training course", "Team outing",
  ]

  private static let places = [
    "", "", "Meeting room 1", "Meeting room 2", "Customer's site", "Phone", "Workshop bench",
  ]

  private static let notes = [
    "Key at the front desk.\nAsk for the caretaker.",
    "Bring the spare switch and two patch cables.",
    "Access only until 17:00. Park behind the building.",
    "See the ticket for the history; the last try failed at the second step.",
    "Call ten minutes ahead.",
  ]
}
