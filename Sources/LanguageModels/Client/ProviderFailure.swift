import HTTP
import JSON

/// An error answer of a provider and what it means.
///
/// OpenAI, OpenRouter and Anthropic all send an object `error` with a message; what kind it is stands in its code, its type
/// or the status.
struct ProviderFailure {
    var status: Int
    /// `code` or `type` of the error object, whichever is there.
    var code: String
    var message: String
    /// Inside an answer that had begun as a success.
    let isLate: Bool
    /// Tokens had been made by then.
    let hasBegun: Bool

    init(status: Int, body: [UInt8], key: Secret?) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: body)
        } catch {
            // A page of a gateway or plain words: its beginning is the message.
            json = .null
        }
        let error = json["error"] ?? json
        let said = error["message"]?.stringValue ?? error.stringValue
        let text = said ?? String(decoding: body.prefix(512), as: UTF8.self)
        isLate = false
        hasBegun = false
        self.status = status
        code = Self.code(of: error)
        message = Self.message(status, text, key)
    }

    /// An error inside a 200 or a stream: there its code or type takes the place of the status.
    ///
    /// - Returns: nothing when there is none.
    init?(inside json: JSONValue, hasBegun: Bool, key: Secret?) {
        guard let error = json["error"], !error.isNull else { return nil }
        isLate = true
        self.hasBegun = hasBegun
        code = Self.code(of: error)
        let number = error["code"]?.integerValue ?? error["status"]?.integerValue ?? Int64(code)
        status = number.flatMap { (400...599).contains($0) ? Int($0) : nil } ?? Self.statuses[code] ?? 500
        let said = error["message"]?.stringValue ?? error.stringValue ?? ""
        let name = code.isEmpty ? number.map { "code \($0)" } ?? "no code" : code
        message = Self.oneLine(said.isEmpty ? name : "\(key?.scrub(said) ?? said) (\(name))")
    }

    /// What the words stand for where there is no status: Anthropic's types, then OpenAI's codes.
    private static let statuses = [
        "invalid_request_error": 400, "authentication_error": 401, "billing_error": 402, "permission_error": 403,
        "not_found_error": 404, "request_too_large": 413, "rate_limit_error": 429, "api_error": 500,
        "timeout_error": 504, "overloaded_error": 529,
        "invalid_api_key": 401, "insufficient_quota": 429, "rate_limit_exceeded": 429, "context_length_exceeded": 400,
        "content_filter": 400, "content_policy_violation": 400, "moderation_blocked": 400, "server_error": 500,
    ]

    func error(retryAfter: Duration? = nil) -> ModelError {
        switch status {
        case 300..<400: return .invalidRequest("\(message); redirects are not followed, set the final address")
        case 401, 403:
            return isFilter ? .refused(message) : .authenticationFailed(message)
        case 402: return .quotaExhausted(message)
        case 408, 409:
            return isLate ? .connectionLost(brokenOff) : .unavailable(notNow, retryAfter: retryAfter)
        case 429 where code == "insufficient_quota": return .quotaExhausted(message)
        case 429: return hasBegun ? .connectionLost(brokenOff) : .rateLimited(message, retryAfter: retryAfter)
        case 400..<500: return isFilter ? .refused(message) : .invalidRequest(message)
        // A gateway that gave up waiting, or could not read what it was given, says nothing about the server behind it,
        // which may have answered and billed.
        case 502, 504, 520, 524:
            return .connectionLost(isLate ? brokenOff : "a gateway answered in the place of the reply: \(message)")
        // What fails behind a 200 fails at work: tokens may have been made by then.
        default: return isLate ? .connectionLost(brokenOff) : .unavailable(notNow, retryAfter: retryAfter)
        }
    }

    /// Nothing was lost on its way, and no status was an error.
    private var brokenOff: String {
        "the provider \(hasBegun ? "broke its reply off with" : "answered with") an error: \(message)"
    }

    private var notNow: String {
        "the provider \(status == 529 ? "is overloaded" : "answered that it cannot serve the request now"): \(message)"
    }

    private var isFilter: Bool {
        ["content_filter", "content_policy_violation", "moderation_blocked"].contains(code)
    }

    private static func code(of error: JSONValue) -> String {
        error["code"]?.stringValue ?? error["type"]?.stringValue ?? ""
    }

    private static func message(_ status: Int, _ text: String, _ key: Secret?) -> String {
        let scrubbed = key?.scrub(text) ?? text
        return "HTTP \(status)" + (scrubbed.isEmpty ? "" : ": \(oneLine(scrubbed))")
    }

    private static func oneLine(_ text: String) -> String {
        let cut = String(text.unicodeScalars.prefix(400).map { $0.value < 0x20 ? " " : Character($0) })
        return cut.utf8.count < text.utf8.count ? cut + "…" : cut
    }
}
