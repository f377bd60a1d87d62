internal import CCurl
internal import HTTP

/// Owns one libcurl easy handle and what must live as long as it does.
///
/// Only the loop thread touches it. The first option that libcurl refuses is kept in `refusal`; it means a bug or bad key
/// material, never the network.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private(set) var refusal: CURLcode = CURLE_OK
    /// Whether link-local addresses are connected to.
    var refusesLinkLocal = false
    /// An address was refused for being link-local.
    var hasRefusedAddress = false
    /// What the header list was made from; a client sends the same headers again and again.
    var headers: HTTPHeaders?
    /// Asked before each connection is made.
    var mayConnect: () -> Bool = { true }
    /// Told of each socket made for a connection of this handle.
    var onOpen: (Int32) -> Void = { _ in }
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var lists: [UInt32: UnsafeMutablePointer<curl_slist>] = [:]

    init?() {
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard let pointer = curl_easy_init() else {
            errorText.deallocate()
            return nil
        }
        self.pointer = pointer
        keep(aiops_easy_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText))
        // Without this libcurl uses SIGALRM, which no threaded program can have.
        set(CURLOPT_NOSIGNAL, 1)
        // A name that nobody answers for is looked up by a thread that cannot be stopped. Without this libcurl waits for it
        // when the request ends, on the one thread that serves everybody (Curl_resolver_kill).
        set(CURLOPT_QUICK_EXIT, 1)
    }

    deinit {
        curl_easy_cleanup(pointer)
        for list in lists.values { curl_slist_free_all(list) }
        errorText.deallocate()
    }

    /// What libcurl says about the last failure, or the standard text for its code.
    func detail(for code: CURLcode) -> String {
        let text = String(cString: errorText)
        return text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
    }

    func set(_ option: CURLoption, _ value: Int) {
        keep(aiops_easy_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, _ value: String?) {
        keep(aiops_easy_set_string(pointer, option, value))
    }

    func set(_ option: CURLoption, blob bytes: [UInt8]) {
        keep(bytes.withUnsafeBytes { aiops_easy_set_blob(pointer, option, $0.baseAddress, $0.count) })
    }

    /// Replaces the option's list.
    func set(_ option: CURLoption, list texts: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for text in texts {
            guard let longer = curl_slist_append(list, text) else {
                keep(CURLE_OUT_OF_MEMORY)
                break
            }
            list = longer
        }
        keep(aiops_easy_set_list(pointer, option, list))
        // libcurl keeps a pointer to the old one until it has the new one.
        if let old = lists[option.rawValue] { curl_slist_free_all(old) }
        lists[option.rawValue] = list
    }

    func set(body bytes: [UInt8]) {
        keep(bytes.withUnsafeBytes { aiops_easy_set_body(pointer, $0.baseAddress, $0.count) })
    }

    func keep(_ code: CURLcode) {
        if refusal == CURLE_OK, code != CURLE_OK { refusal = code }
    }

    /// Makes the handle as good as new for another request to the same place.
    func forgetOutcome() {
        errorText.pointee = 0
        hasRefusedAddress = false
    }
}
