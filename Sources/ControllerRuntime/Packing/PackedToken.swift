/// The first byte of each packed value.
///
/// Containers end with `end`; what follows the others is said beside them. Counts are varints: seven bits a byte, the
/// lowest first, the top bit says that more come.
enum PackedToken {
    static let null: UInt8 = 0
    static let no: UInt8 = 1
    static let yes: UInt8 = 2
    static let object: UInt8 = 3
    static let array: UInt8 = 4
    static let end: UInt8 = 5
    /// Zigzag varint.
    static let integer: UInt8 = 6
    /// A number as text: count, bytes.
    static let number: UInt8 = 7
    /// Count, bytes.
    static let text: UInt8 = 8
    /// The number of a text in the table.
    static let symbol: UInt8 = 9
    /// Sixteen bytes.
    static let uuid: UInt8 = 10
    /// Zigzag varint of seconds since 1970: a time in the server's spelling.
    static let time: UInt8 = 11
    /// Texts below this many bytes, and symbols below this number, have their count or number in the token.
    static let shortText: UInt8 = 16
    static let shortTextLimit = 48
    static let shortSymbol: UInt8 = 64
    static let shortSymbolLimit = 192
}
