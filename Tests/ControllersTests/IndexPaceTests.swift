import Primitives
import Testing

@testable import Controllers

@Suite struct IndexPaceTests {
    /// The model thinks for minutes after a step: what is stored is in the index all the same, once.
    @Test func whatIsStoredGetsIntoTheIndexWithoutAnotherStep() {
        var pace = IndexPace()
        pace.begin(now: .zero)
        pace.note(size: 4_500)
        let looks: [(isDue: Bool, wanted: Bool)] = [
            (pace.catchUp(now: .seconds(30)), false), (pace.take(200, now: .seconds(31)), true),
            (pace.take(200, now: .seconds(40)), false), (pace.catchUp(now: .seconds(60)), false),
            (pace.catchUp(now: .seconds(91)), true), (pace.catchUp(now: .seconds(600)), false),
        ]
        for (place, look) in looks.enumerated() { #expect(look.isDue == look.wanted, "\(place)") }
    }

    /// One step each so many seconds, for an hour.
    @Test(arguments: [1, 3, 10, 25, 60, 300], [200, 3_300, 50_000])
    func theIndexIsASmallPartOfAFastConversationAndNeverOld(seconds: Int, bytes: Int) {
        let size = 4_500
        var pace = IndexPace()
        pace.begin(now: .zero)
        var (last, writes, grown) = (Duration.zero, 0, 0)
        for step in 1...(3_600 / seconds) {
            let now = Duration.seconds(step * seconds)
            grown += bytes
            let isDue = pace.take(bytes, now: now)
            #expect(!isDue || now - last >= IndexPace.shortest)
            #expect(isDue || now - last < (writes == 0 ? IndexPace.shortest : IndexPace.longest))
            guard isDue else { continue }
            writes += 1
            last = now
            pace.note(size: size)
        }
        #expect(writes * size <= grown / IndexPace.share + (3_600 / 60 + 1) * size)
        if bytes == 50_000, 10 % seconds == 0 { #expect(writes == 3_600 / 10) }
    }
}
