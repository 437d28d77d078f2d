#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Which of the mutants that were compiled in together is the one alive; 0 for none.
package enum Mutant {
  private static let alive = getenv("LOCKSTEP_MUTANT").flatMap { Int(String(cString: $0)) } ?? 0

  package static func isAlive(_ number: Int) -> Bool { alive == number }

  package static func pick<T>(_ number: Int, _ usual: T, _ other: T) -> T {
    isAlive(number) ? other : usual
  }

  package static func opposite(_ number: Int, _ condition: Bool) -> Bool {
    isAlive(number) != condition
  }

  package static func holds(_ number: Int, _ condition: Bool) -> Bool {
    isAlive(number) || condition
  }

  package static func maximum<T: Comparable>(_ number: Int, _ left: T, _ right: T) -> T {
    isAlive(number) ? min(left, right) : max(left, right)
  }

  package static func minimum<T: Comparable>(_ number: Int, _ left: T, _ right: T) -> T {
    isAlive(number) ? max(left, right) : min(left, right)
  }
}

extension Sequence {
  package func mutantFilter(_ number: Int, _ isIn: (Element) throws -> Bool) rethrows -> [Element] {
    try filter { try isIn($0) || Mutant.isAlive(number) }
  }

  package func mutantAllSatisfy(_ number: Int, _ isIn: (Element) throws -> Bool) rethrows -> Bool {
    try Mutant.isAlive(number) ? contains(where: isIn) : allSatisfy(isIn)
  }

  package func mutantContains(
    _ number: Int,
    where isIn: (Element) throws -> Bool
  ) rethrows -> Bool {
    try Mutant.isAlive(number) ? allSatisfy(isIn) : contains(where: isIn)
  }

  package func mutantSorted(
    _ number: Int,
    by precedes: (Element, Element) throws -> Bool
  ) rethrows -> [Element] {
    try Mutant.isAlive(number) ? Array(self) : sorted(by: precedes)
  }
}

extension Sequence where Element: Equatable {
  package func mutantContains(_ number: Int, _ element: Element) -> Bool {
    Mutant.isAlive(number) != contains(element)
  }
}

extension Sequence where Element: Comparable {
  package func mutantSorted(_ number: Int) -> [Element] {
    Mutant.isAlive(number) ? Array(self) : sorted()
  }
}

extension ClosedRange {
  package func mutantContains(_ number: Int, _ element: Bound) -> Bool {
    Mutant.isAlive(number) != contains(element)
  }
}

extension StringProtocol {
  package func mutantContains(_ number: Int, _ other: some StringProtocol) -> Bool {
    Mutant.isAlive(number) != contains(other)
  }
}

extension BidirectionalCollection {
  package func mutantFirst(_ number: Int) -> Element? { Mutant.isAlive(number) ? last : first }

  package func mutantLast(_ number: Int) -> Element? { Mutant.isAlive(number) ? first : last }

  package func mutantFirst(
    _ number: Int,
    where isIn: (Element) throws -> Bool
  ) rethrows -> Element? {
    try Mutant.isAlive(number) ? last(where: isIn) : first(where: isIn)
  }
}

extension Collection {
  package func mutantDropFirst(_ number: Int, _ count: Int = 1) -> SubSequence {
    dropFirst(Mutant.isAlive(number) ? 0 : count)
  }
}

extension Array {
  package mutating func mutantSort(
    _ number: Int,
    by precedes: (Element, Element) throws -> Bool
  ) rethrows {
    if !Mutant.isAlive(number) { try sort(by: precedes) }
  }
}

extension Array where Element: Comparable {
  package mutating func mutantSort(_ number: Int) {
    if !Mutant.isAlive(number) { sort() }
  }
}

extension Set {
  package func mutantUnion(_ number: Int, _ others: some Sequence<Element>) -> Set {
    Mutant.isAlive(number) ? self : union(others)
  }

  package mutating func mutantFormUnion(_ number: Int, _ others: some Sequence<Element>) {
    if !Mutant.isAlive(number) { formUnion(others) }
  }

  package func mutantSubtracting(_ number: Int, _ others: some Sequence<Element>) -> Set {
    Mutant.isAlive(number) ? self : subtracting(others)
  }

  package func mutantIntersection(_ number: Int, _ others: some Sequence<Element>) -> Set {
    Mutant.isAlive(number) ? self : intersection(others)
  }
}
