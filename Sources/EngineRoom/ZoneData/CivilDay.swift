/// Days of the Gregorian calendar as numbers; day 0 is 1 January 1970.
enum CivilDay {
  private static let length: Int64 = 86_400

  static func seconds(_ number: Int64) -> Int64 { number * length }

  static func isLeap(_ year: Int64) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  static func length(of month: Int, in year: Int64) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// 0 is Sunday.
  static func weekday(_ number: Int64) -> Int64 {
    let day = (number + 4) % 7
    return day < 0 ? day + 7 : day
  }

  static func number(year: Int64, month: Int, day: Int) -> Int64 {
    // Years that begin in March put the leap day at their end (Howard Hinnant's civil calendar).
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The year in which a moment (seconds as if UTC) lies; far moments count as year ±200,000.
  static func year(containing seconds: Int64) -> Int64 {
    let near = min(max(seconds, -6_000_000_000_000), 6_000_000_000_000)
    let number = (near >= 0 ? near : near - (length - 1)) / length
    var year = 1970 + number / 366
    while self.number(year: year, month: 1, day: 1) > number { year -= 1 }
    while self.number(year: year + 1, month: 1, day: 1) <= number { year += 1 }
    return year
  }
}
