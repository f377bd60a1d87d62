import LifecycleTesting
import Primitives
import Telemetry
import Testing

@Suite struct RotatingSecretTests {
    private let time = ManualTimeSource()
    private let redactor = Redactor()

    private func hides(_ value: String) -> Bool { !redactor.redact("the \(value).").contains(value) }

    @Test func aValueIsHiddenForAnHourAfterItWasReplaced() {
        let secret = RotatingSecret(redactor, time: time)
        secret.hold("first value")
        time.advance(by: .seconds(100_000))
        secret.hold("first value")
        secret.hold("second value")
        #expect(hides("first value") && hides("second value"))
        time.advance(by: .seconds(3_599))
        secret.hold("third value")
        #expect(hides("first value") && hides("second value"))
        time.advance(by: .seconds(1))
        secret.hold("fourth value")
        #expect(!hides("first value") && hides("second value") && hides("third value") && hides("fourth value"))
    }

    /// A plugin that prints another token each time, for a server that refuses them all.
    @Test func manyValuesAtOnceAreBounded() {
        let secret = RotatingSecret(redactor, time: time)
        for number in 100..<1_100 { secret.hold("value number \(number)") }
        let hidden = (100..<1_100).filter { hides("value number \($0)") }
        #expect(hidden == Array(1_100 - RotatingSecret.most..<1_100))
    }

    @Test func aValueThatComesBackStaysHidden() {
        let secret = RotatingSecret(redactor, time: time)
        for value in ["first value", "second value", "first value"] { secret.hold(value) }
        time.advance(by: .seconds(7_200))
        secret.hold("third value")
        #expect(hides("first value") && !hides("second value") && hides("third value"))
        for _ in 0..<10 { secret.hold("third value") }
        time.advance(by: .seconds(7_200))
        secret.hold("fourth value")
        #expect(!hides("first value") && hides("third value"))
    }
}
