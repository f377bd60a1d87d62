import ClusterTesting
import FaultTesting
import Testing

/// O5 from its making on: the same process lives, and has logged no error.
struct QuietWatch {
    private let lives: Int
    private let logged: Int

    init(_ session: FaultSession.Running) {
        lives = session.process.lives
        logged = session.process.log.utf8.count
    }

    func expectNoError(_ session: FaultSession.Running) {
        let log = String(decoding: session.process.log.utf8.dropFirst(logged), as: UTF8.self)
        #expect(session.process.lives == lives && session.process.life?.isRunning == true, "O5")
        #expect(!log.contains(#""level":"error""#), "O5")
    }
}
