import RegistryStore
import Testing

@Suite struct PlaceTests {
  @Test func `a URL is PostgreSQL, all else a file`() {
    #expect(RegistryLocation("postgres://db/x") == .postgres(url: "postgres://db/x"))
    #expect(RegistryLocation("postgresql://db/x") == .postgres(url: "postgresql://db/x"))
    #expect(RegistryLocation("/var/lib/x.sqlite") == .sqlite(path: "/var/lib/x.sqlite"))
  }
}
