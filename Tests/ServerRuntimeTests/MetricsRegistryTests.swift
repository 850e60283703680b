import Metrics
import ServerRuntime
import Testing

@Suite struct MetricsRegistryTests {
    @Test func `counts, gauges and timers are written as Prometheus text in a fixed order`() {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "requests", dimensions: [("tier", "auto")]).increment(by: 2)
        registry.makeCounter(label: "requests", dimensions: [("tier", "approval")]).increment(by: 1)
        registry.makeCounter(label: "requests", dimensions: [("tier", "auto")]).increment(by: 1)
        registry.makeMeter(label: "long.polls", dimensions: []).set(7 as Int64)
        registry.makeTimer(label: "commit", dimensions: []).recordNanoseconds(3_000_000)
        #expect(
            registry.prometheusText == """
                # TYPE commit_seconds histogram
                commit_seconds_bucket{le="0.001"} 0
                commit_seconds_bucket{le="0.005"} 1
                commit_seconds_bucket{le="0.02"} 1
                commit_seconds_bucket{le="0.1"} 1
                commit_seconds_bucket{le="0.5"} 1
                commit_seconds_bucket{le="2.0"} 1
                commit_seconds_bucket{le="10.0"} 1
                commit_seconds_bucket{le="+Inf"} 1
                commit_seconds_sum 0.003
                commit_seconds_count 1
                # TYPE long_polls gauge
                long_polls 7.0
                # TYPE requests counter
                requests{tier="approval"} 1
                requests{tier="auto"} 3

                """)
    }

    @Test func `a label's value cannot break out of its quotes`() {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "n", dimensions: [("a", "x\"} 1\n\\")]).increment(by: 1)
        #expect(registry.prometheusText == "# TYPE n counter\nn{a=\"x\\\"} 1\\n\\\\\"} 1\n")
    }
}
