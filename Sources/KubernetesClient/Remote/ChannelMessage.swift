/// One message of the channel protocols of exec and attach (`v5.channel.k8s.io`, `v4.channel.k8s.io`): a byte that names
/// the channel, and data.
enum ChannelMessage: Sendable, Hashable {
    case stdin([UInt8])
    case stdout([UInt8])
    case stderr([UInt8])
    /// The `Status` that ends the stream.
    case status([UInt8])
    case resize(columns: Int, rows: Int)
    /// The end of one channel; v5 only.
    case close(channel: UInt8)
    /// Of a later version of the protocol.
    case unknown

    static let subprotocols = [v5, "v4.channel.k8s.io"]
    static let v5 = "v5.channel.k8s.io"
    static let stdinChannel: UInt8 = 0
    /// Larger messages than this make API servers close the connection.
    static let largestInput = 32 << 10

    init(_ message: [UInt8]) {
        let data = Array(message.dropFirst())
        switch message.first {
        case 0: self = .stdin(data)
        case 1: self = .stdout(data)
        case 2: self = .stderr(data)
        case 3: self = .status(data)
        case 255: self = data.first.map { .close(channel: $0) } ?? .unknown
        default: self = .unknown
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .stdin(let data): [Self.stdinChannel] + data
        case .stdout(let data): [1] + data
        case .stderr(let data): [2] + data
        case .status(let data): [3] + data
        case .resize(let columns, let rows): [4] + Array(#"{"Width":\#(columns),"Height":\#(rows)}"#.utf8)
        case .close(let channel): [255, channel]
        case .unknown: []
        }
    }
}
