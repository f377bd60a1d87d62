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

    @Test func whatIsGivenBackIsThereAtOnce() {
        var bucket = TokenBucket(burst: 10, interval: .seconds(1))
        #expect(bucket.take(10, now: .zero) == nil)
        bucket.giveBack(4)
        #expect(bucket.take(4, now: .zero) == nil)
        #expect(bucket.take(now: .zero) == .seconds(1))
        bucket.giveBack(100)
        for _ in 0..<10 { #expect(bucket.take(now: .seconds(1)) == nil) }
        #expect(bucket.take(now: .seconds(1)) == .seconds(1), "never more than the burst")
    }

    @Test func breakerOpensProbesAndCloses() {
        var breaker = CircuitBreaker(threshold: 2, openFor: .seconds(10))
        breaker.recordFailure(now: .zero)
        breaker.recordSuccess()
        breaker.recordFailure(now: .zero)
        #expect(breaker.admit(now: .zero) == nil)
        #expect(breaker.recordFailure(now: .seconds(1)) == true)
        #expect(breaker.admit(now: .seconds(10)) == .seconds(1))
        #expect(breaker.admit(now: .seconds(11)) == nil)
        #expect(breaker.admit(now: .seconds(12)) == .seconds(9), "one probe at a time")
        #expect(breaker.recordFailure(now: .seconds(12)) == true)
        #expect(breaker.admit(now: .seconds(21)) == .seconds(1))
        #expect(breaker.admit(now: .seconds(22)) == nil)
        #expect(breaker.recordSuccess() == true)
        #expect(breaker.state == .closed(failures: 0))
    }

    @Test func asManyProbesAsWantedAndNoMore() {
        var breaker = CircuitBreaker(threshold: 1, openFor: .seconds(10), probes: 3)
        breaker.recordFailure(now: .zero)
        for _ in 0..<3 { #expect(breaker.admit(now: .seconds(10)) == nil) }
        #expect(breaker.admit(now: .seconds(10)) != nil)
        #expect(breaker.recordSuccess() == false)
        #expect(breaker.admit(now: .seconds(11)) != nil, "two under way and one done are all that are wanted")
        breaker.recordNothing()
        #expect(breaker.admit(now: .seconds(11)) == nil)
        #expect(breaker.recordSuccess() == false)
        #expect(breaker.recordSuccess() == true)
        #expect(breaker.state == .closed(failures: 0))
    }

    @Test func whatWasUnderWayWhenItOpenedChangesNothing() {
        var breaker = CircuitBreaker(threshold: 1, openFor: .seconds(10))
        breaker.recordFailure(now: .zero)
        #expect(breaker.recordSuccess() == false)
        #expect(breaker.recordFailure(now: .seconds(5)) == false)
        #expect(breaker.admit(now: .seconds(9)) == .seconds(1))
    }

    @Test func lostProbeIsGivenUp() {
        var breaker = CircuitBreaker(threshold: 1, openFor: .seconds(10))
        breaker.recordFailure(now: .zero)
        #expect(breaker.admit(now: .seconds(10)) == nil)
        #expect(breaker.admit(now: .seconds(19)) == .seconds(1))
        #expect(breaker.admit(now: .seconds(20)) == nil)
    }
}
