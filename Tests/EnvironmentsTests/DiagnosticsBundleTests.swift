import Environments
import Testing

struct DiagnosticsBundleTests {
    @Test func neverTakesMoreThanItsLimit() {
        var bundle = DiagnosticsBundle(limit: 1000, sectionLimit: 300)
        for number in 0..<50 { bundle.add("log \(number)", String(repeating: "é", count: number * 10)) }
        #expect(bundle.byteCount <= 1000)
        #expect(bundle.sections.reduce(0) { $0 + $1.text.utf8.count + $1.title.utf8.count } == bundle.byteCount)
        #expect(bundle.droppedBytes > 0)
        #expect(bundle.text.contains("\(bundle.droppedBytes) bytes left out"))
        #expect(!bundle.text.contains("\u{FFFD}"))
    }

    @Test func theEndOfALogIsKept() {
        var bundle = DiagnosticsBundle(limit: 1000, sectionLimit: 10)
        bundle.add("log", "first line\nlast line")
        #expect(bundle.sections.first?.text == "\nlast line")
    }
}
