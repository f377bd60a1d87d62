/// Where a program's text goes; tests record it.
package protocol Console: Sendable {
    func write(_ text: String)
    func writeError(_ text: String)
}
