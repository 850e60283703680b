import DemoScenario
import Foundation
import Testing

@Suite struct DemoPolicyTests {
    @Test func `the demo's policy is the one in examples`() throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let example = try String(contentsOf: root.appending(path: "examples/policies/demo.cedar"), encoding: .utf8)
        #expect(DemoPolicy.source.split(separator: "\n") == example.split(separator: "\n"))
    }
}
