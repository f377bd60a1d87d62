/// What a string may be.
package struct TextBounds: Sendable, Hashable {
    /// Most characters, counted as Unicode scalars, which is how API servers count.
    package var max: Int
    package var min = 0
    package var form: TextForm?
    /// The only values allowed; empty: any.
    package var values: [String] = []
}
