package import HTTP
import JSON

/// One request of one process, as the network between it and the world sees it.
package struct Exchange: Sendable {
    package enum Kind: String, Sendable {
        case read, watch, write, model, exec
    }

    /// The process it comes from: 0 for the first, one higher for each that follows.
    package var process: Int
    /// Counted from 1 within the process.
    package var number: Int
    package var kind: Kind
    package var method: String
    /// Path and query, without the server.
    package let target: String
    package var body: [UInt8]

    package init(process: Int, number: Int, _ request: HTTPRequest) {
        self.process = process
        self.number = number
        method = request.method
        body = request.body
        if request.url.hasPrefix(ScriptedProvider.baseURL) {
            kind = .model
            target = String(request.url.dropFirst(ScriptedProvider.baseURL.utf8.count))
        } else {
            target = String(request.url.dropFirst(Self.server.utf8.count))
            kind = request.method != "GET" ? .write : Self.isWatch(target) ? .watch : .read
        }
        isHousekeeping = Self.isHousekeeping(target)
    }

    package init(process: Int, number: Int, _ request: WebSocketRequest) {
        self.process = process
        self.number = number
        kind = .exec
        method = "EXEC"
        target = String(request.url.dropFirst(Self.server.utf8.count))
        body = []
        isHousekeeping = false
    }

    private static func isWatch(_ target: String) -> Bool {
        target.utf8.split { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "&") }.contains {
            $0.starts(with: "watch=".utf8)
        }
    }

    private static func isHousekeeping(_ target: String) -> Bool {
        // Asked of every request of every schedule: the general search of a text takes a twentieth of the whole run.
        target.utf8.split(separator: UInt8(ascii: "/")).contains { segment in
            segment.elementsEqual("leases".utf8) || segment.elementsEqual("events".utf8)
                || segment.starts(with: "leases?".utf8) || segment.starts(with: "events?".utf8)
        }
    }

    package static let server = "https://memory"

    /// True for what may leave something behind in the world.
    package var mayHaveEffect: Bool { kind == .write || kind == .model || kind == .exec }
    /// Leases and Events are a process's own business: no plan counts them.
    package let isHousekeeping: Bool
}
