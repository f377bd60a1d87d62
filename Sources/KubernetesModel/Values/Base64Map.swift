package import JSON
import Primitives

extension JSONReader {
    /// A map of base64 texts, as the data of Secrets and the binary data of ConfigMaps.
    package mutating func base64MapIfPresent() throws(JSONError) -> [String: [UInt8]] {
        let start = offset
        let texts = try decodeIfPresent([String: String].self) ?? [:]
        var decoded: [String: [UInt8]] = [:]
        for (key, text) in texts {
            // The key is named, the content never: it may be a secret.
            guard let bytes = Base64.decode(text) else {
                throw JSONError(offset: start, message: "the value of \(key) is not base64")
            }
            decoded[key] = bytes
        }
        return decoded
    }
}
