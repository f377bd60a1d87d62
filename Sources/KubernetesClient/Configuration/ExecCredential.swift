import JSON
import Primitives

/// What a credential plugin printed.
///
/// Invariant: there is a token, or certificate and key, or all of it.
struct ExecCredential: Sendable, Hashable {
    struct Malformed: Error {
        var reason: String
    }

    var token: String?
    var certificatePEM: [UInt8]?
    var keyPEM: [UInt8]?
    var expires: Timestamp?

    init(token: String? = nil, certificatePEM: [UInt8]? = nil, keyPEM: [UInt8]? = nil, expires: Timestamp? = nil) {
        self.token = token
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
        self.expires = expires
    }

    init(printed bytes: [UInt8], apiVersion: String) throws(Malformed) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw Malformed(reason: "its output is no JSON: \(error)")
        }
        guard value["kind"]?.stringValue == "ExecCredential" else {
            throw Malformed(reason: "its output is no ExecCredential")
        }
        let version = value["apiVersion"]?.stringValue ?? ""
        guard version == apiVersion else {
            throw Malformed(reason: "its output has the apiVersion \(version.prefix(80)) instead of \(apiVersion)")
        }
        token = Self.text(value["status"]?["token"])
        certificatePEM = Self.text(value["status"]?["clientCertificateData"]).map { Array($0.utf8) }
        keyPEM = Self.text(value["status"]?["clientKeyData"]).map { Array($0.utf8) }
        guard (certificatePEM == nil) == (keyPEM == nil) else {
            throw Malformed(reason: "its output has only one of clientCertificateData and clientKeyData")
        }
        guard token != nil || certificatePEM != nil else {
            throw Malformed(reason: "its output has neither a token nor a client certificate")
        }
        if let text = Self.text(value["status"]?["expirationTimestamp"]) {
            guard let time = Timestamp(rfc3339: text) else {
                throw Malformed(reason: "its expirationTimestamp is no time: \(text.prefix(80))")
            }
            expires = time
        }
    }

    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.stringValue, !text.isEmpty else { return nil }
        return text
    }
}
