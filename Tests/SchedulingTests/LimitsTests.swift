import Primitives
import Scheduling
import Testing

struct LimitsTests {
    @Test func bucketGivesItsBurstThenOneEachInterval() {
        var bucket = TokenBucket(burst: 3, interval: .seconds(2))
        for _ in 0..<3 { #expect(bucket.take(now: .zero) == nil) }
        #expect(bucket.take(now: .zero) == .seconds(2))
        #expect(bucket.take(now: .milliseconds(500)) == .milliseconds(1_500))
        #expect(bucket.take(now: .seconds(2)) == nil)
        #expect(bucket.take(now: .seconds(2)) == .seconds(2))
        for _ in 0..<3 { #expect(bucket.take(now: .seconds(100)) == nil) }
    }

    @Test func moreThanTheBurstWaitsForAFullBucketAndLeavesADebt() {
        var bucket = TokenBucket(burst: 2, interval: .seconds(1))
        #expect(bucket.take(now: .zero) == nil)
        #expect(bucket.take(5, now: .zero) == .seconds(1))
        #expect(bucket.take(5, now: .seconds(1)) == nil)
        #expect(bucket.take(now: .seconds(1)) == .seconds(4))
    }

    @Test(arguments: UInt64(1)...20)
    func bucketNeverExceedsItsRate(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var bucket = TokenBucket(burst: 5, interval: .milliseconds(100))
        var granted = 0
        var now = Duration.zero
        for _ in 0..<2_000 {
            now += .milliseconds(Int.random(in: 0...60, using: &random))
            if bucket.take(now: now) == nil { granted += 1 }
            #expect(granted <= 5 + Int(now / .milliseconds(100)))
        }
        #expect(granted > 100)
    }

    @Test func breakerOpensProbesAndCloses() {
        var breaker = CircuitBreaker(threshold: 2, openFor: .seconds(10))
        breaker.recordFailure(now: .zero)
        breaker.recordSuccess()
        breaker.recordFailure(now: .zero)
        #expect(breaker.admits(now: .zero) == true)
        breaker.recordFailure(now: .seconds(1))
        #expect(breaker.admits(now: .seconds(10)) == false)
        #expect(breaker.admits(now: .seconds(11)) == true)
        #expect(breaker.admits(now: .seconds(12)) == false, "one probe at a time")
        breaker.recordFailure(now: .seconds(12))
        #expect(breaker.admits(now: .seconds(21)) == false)
        #expect(breaker.admits(now: .seconds(22)) == true)
        breaker.recordSuccess()
        #expect(breaker.state == .closed(failures: 0))
    }

    @Test func lostProbeIsGivenUp() {
        var breaker = CircuitBreaker(threshold: 1, openFor: .seconds(10))
        breaker.recordFailure(now: .zero)
        #expect(breaker.admits(now: .seconds(10)) == true)
        #expect(breaker.admits(now: .seconds(19)) == false)
        #expect(breaker.admits(now: .seconds(20)) == true)
    }
}
