import SQLiteStore
import StoreConformance
import Testing

struct ConformanceTests {
    @Test(arguments: StoreConformanceSuite.rules)
    func `the store keeps every rule of the port`(rule: StoreConformanceSuite.Rule) async throws {
        let scratch = try ScratchStore()
        let suite = StoreConformanceSuite {
            let store = try scratch.open()
            return .init(store: store) {
                try await store.close()
                return try scratch.open()
            }
        }
        try await suite.run(rule)
    }
}
