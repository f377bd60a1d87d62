import Telemetry
import Testing

@Suite struct MetricsTests {
    @Test func textIsSortedEscapedAndComplete() {
        let registry = MetricsRegistry()
        let requests = registry.counter("requests_total", "Requests\nby \\ code.", labels: ["code", "path"])
        requests.add(["200", "/a\"b\\c\nd"])
        requests.add(2, ["200", "/a\"b\\c\nd"])
        requests.initialize(["404", "/"])
        registry.gauge("depth", "Depth.").set(-1.5)
        let text = registry.prometheusText()
        #expect(
            text.hasPrefix(
                """
                # HELP depth Depth.
                # TYPE depth gauge
                depth -1.5
                # HELP requests_total Requests\\nby \\\\ code.
                # TYPE requests_total counter
                requests_total{code="200",path="/a\\"b\\\\c\\nd"} 3
                requests_total{code="404",path="/"} 0

                """))
    }

    /// A process has one registry and many terms, each with queues of its own.
    @Test func whoIsGoneIsNotAskedAnyMore() {
        final class Owner: Sendable {}
        let registry = MetricsRegistry()
        let stays = Owner()
        registry.onExposition(for: stays) {}
        for _ in 0..<10 { registry.onExposition(for: Owner()) {} }
        registry.onExposition {}
        #expect(registry.collectorCount == 2)
        withExtendedLifetime(stays) {}
    }

    @Test func histogramBucketsAreCumulative() {
        let registry = MetricsRegistry()
        let times = registry.histogram("t_seconds", "T.", labels: ["verb"], buckets: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 2, .nan] { times.observe(value, ["get"]) }
        times.observe(.milliseconds(500), ["get"])
        let text = registry.prometheusText()
        #expect(
            text.contains(
                """
                t_seconds_bucket{verb="get",le="0.1"} 2
                t_seconds_bucket{verb="get",le="1"} 4
                t_seconds_bucket{verb="get",le="+Inf"} 5
                t_seconds_sum{verb="get"} 3.15
                t_seconds_count{verb="get"} 5

                """))
        #expect(times.count(["get"]) == 5)
    }

    @Test func labelSetsAreBounded() {
        let registry = MetricsRegistry(seriesLimit: 2)
        let counter = registry.counter("c_total", "C.", labels: ["user"])
        for user in ["a", "b", "c", "a", "d"] { counter.add([user]) }
        counter.add(["too", "many"])
        #expect(counter.value(["a"]) == 2)
        let text = registry.prometheusText()
        #expect(!text.contains("user=\"c\""))
        #expect(text.contains("telemetry_dropped_series_total{metric=\"c_total\"} 3\n"))
    }

    @Test func sameNameIsTheSameFamilyAndCountersOnlyGrow() {
        let registry = MetricsRegistry()
        registry.counter("c_total", "C.").add()
        let again = registry.counter("c_total", "Other.")
        again.add(-5)
        again.set(total: 0.5)
        #expect(again.value() == 1)
        again.set(total: 7)
        #expect(again.value() == 7)
    }

    @Test func removedGaugeSeriesIsGone() {
        let registry = MetricsRegistry()
        let gauge = registry.gauge("g", "G.", labels: ["pool"])
        gauge.set(1, ["a"])
        gauge.add(2, ["a"])
        #expect(gauge.value(["a"]) == 3)
        gauge.remove(["a"])
        #expect(!registry.prometheusText().contains("pool="))
    }

    @Test func queueBucketsAreThoseOfTheDashboards() {
        #expect(HistogramBuckets.queueSeconds.count == 12)
        #expect(HistogramBuckets.reconcileSeconds.count == 40)
        #expect(HistogramBuckets.reconcileSeconds == HistogramBuckets.reconcileSeconds.sorted())
    }

    @Test func processStatisticsFromProc() throws {
        let stat =
            "42 (odd) name)) S 1 42 42 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 7 0 1000 123456 300 18446744073709551615"
        let statistics = try #require(
            ProcessStatistics(
                stat: stat, systemStat: "cpu 1 2\nbtime 1700000000\n", ticksPerSecond: 100, pageSize: 4_096))
        #expect(statistics.cpuSeconds == 3)
        #expect(statistics.threads == 7)
        #expect(statistics.startTime == 1_700_000_010)
        #expect(statistics.virtualBytes == 123_456)
        #expect(statistics.residentBytes == 300 * 4_096)
        #expect(ProcessStatistics(stat: "42 (x", systemStat: "", ticksPerSecond: 100, pageSize: 1) == nil)
    }

    @Test func processMetricsAreFilledAtExposition() {
        let registry = MetricsRegistry()
        ProcessMetrics.install(in: registry)
        _ = registry.prometheusText()
        #expect(registry.gauge("process_resident_memory_bytes", "").value() > 1_000_000)
        #expect(registry.gauge("process_open_fds", "").value() >= 3)
        #expect(registry.gauge("process_start_time_seconds", "").value() > 1_000_000_000)
    }
}
