/// Hold stops new assignments; HoldAndDrain cancels what runs as well.
package enum StopPolicy: Vocabulary {
    case run
    case hold
    case holdAndDrain
    case unknown(String)

    package static let known: [Self] = [.run, .hold, .holdAndDrain]

    package var rawValue: String {
        switch self {
        case .run: "None"
        case .hold: "Hold"
        case .holdAndDrain: "HoldAndDrain"
        case .unknown(let text): text
        }
    }
}
