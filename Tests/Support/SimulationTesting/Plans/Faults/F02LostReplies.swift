import Primitives

extension Plan {
    /// F02 without the death: the server did it, the reply is lost, and the process lives on with the doubt.
    package static let lostReplies = Plan("F02", "each reply in turn is lost") { lifecycle, clean, seed in
        (1...max(1, clean.effects)).map { number in
            Case(
                "reply-\(number)",
                Schedule(lifecycle, seed: seed, faults: [.at(number, "reply lost") { _ in .replyLost }]))
        }
    }

    /// The request itself is lost: nothing was done, and the process cannot tell.
    package static let lostRequests = Plan("F23", "each request in turn is lost") { lifecycle, clean, seed in
        (1...max(1, clean.effects)).map { number in
            Case("request-\(number)", Schedule(lifecycle, seed: seed, faults: [.at(number, "lost") { _ in .lost }]))
        }
    }
}
