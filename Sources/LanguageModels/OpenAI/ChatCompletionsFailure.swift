import HTTP
import JSON

/// An error answer of a chat-completions server and what it means.
struct ChatCompletionsFailure {
    var status: Int
    /// `code` or `type` of the error object, whichever is there.
    var code: String
    var message: String
    /// Inside an answer that had begun as a success.
    let isLate: Bool

    init(status: Int, body: [UInt8], key: Secret?) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: body)
        } catch {
            // A page of a gateway or plain words: its beginning is the message.
            json = .null
        }
        self.init(status: status, error: json["error"] ?? json, body: body, key: key)
    }

    /// An error object, also one inside a 200: then a numeric code takes the place of the status.
    init(status: Int, error: JSONValue, body: [UInt8] = [], key: Secret?) {
        isLate = status == 200
        let number = error["code"]?.integerValue ?? error["status"]?.integerValue
        if status == 200 {
            self.status = number.flatMap { (400...599).contains($0) ? Int($0) : nil } ?? 500
        } else {
            self.status = status
        }
        code = error["code"]?.stringValue ?? error["type"]?.stringValue ?? ""
        let text =
            error["message"]?.stringValue ?? error.stringValue ?? String(decoding: body.prefix(512), as: UTF8.self)
        let scrubbed = key?.scrub(text) ?? text
        message = "HTTP \(self.status)" + (scrubbed.isEmpty ? "" : ": \(Self.oneLine(scrubbed))")
    }

    func error(retryAfter: Duration?) -> ModelError {
        switch status {
        case 300..<400: return .invalidRequest("\(message); redirects are not followed, set the final address")
        case 401, 403:
            return isFilter ? .refused(message) : .authenticationFailed(message)
        case 402: return .quotaExhausted(message)
        case 408, 409:
            return isLate ? .connectionLost(message) : .unavailable(message, retryAfter: retryAfter)
        case 429:
            return code == "insufficient_quota" ? .quotaExhausted(message) : .rateLimited(retryAfter: retryAfter)
        case 400..<500: return isFilter ? .refused(message) : .invalidRequest(message)
        // A gateway that gave up waiting, or could not read what it was given, says nothing about the server behind it,
        // which may have answered and billed.
        case 502, 504, 520, 524: return .connectionLost(message)
        // What fails behind a 200 fails at work: tokens may have been made by then.
        default: return isLate ? .connectionLost(message) : .unavailable(message, retryAfter: retryAfter)
        }
    }

    private var isFilter: Bool {
        ["content_filter", "content_policy_violation", "moderation_blocked"].contains(code)
    }

    private static func oneLine(_ text: String) -> String {
        let cut = String(text.unicodeScalars.prefix(400).map { $0.value < 0x20 ? " " : Character($0) })
        return cut.utf8.count < text.utf8.count ? cut + "…" : cut
    }
}
