import JSON
import Primitives
import Testing

struct JSONHardeningTests {
    private static let documents = [
        #"{"a":1,"b":[true,false,null,-1.5e+3,"x"],"c":{"d":"\u00e9\ud83d\ude00\n","e":[[],{}]},"f":"é😀"}"#,
        #"[{"kind":"Pod","metadata":{"name":"a","labels":{}}}, 12345678901234567890, "\\\"", {"": ""}]"#,
        #"  {  "a"  :  [ 1 , 2 ]  }"#,
        #""just \u0041 string é""#,
    ]

    /// Every cut of a document that is not a bare number is malformed.
    @Test(arguments: documents)
    func everyTruncationIsATypedError(document: String) throws {
        let bytes = Array(document.utf8)
        _ = try JSONValue(parsing: bytes)
        for length in 0..<bytes.count {
            let cut = Array(bytes[..<length])
            #expect(throws: JSONError.self) { try JSONValue(parsing: cut) }
            #expect(throws: JSONError.self) {
                var reader = JSONReader(cut)
                try reader.skip()
            }
            #expect(throws: JSONError.self) {
                var reader = JSONReader(cut)
                _ = try reader.rawValue()
            }
        }
    }

    /// Damage may leave a valid document; it must never trap, and what parses must survive being written.
    @Test func damagedDocumentsNeverTrap() throws {
        var generator = SeededGenerator(seed: 42)
        var refused = 0
        for round in 0..<20_000 {
            var bytes = Array(Self.documents[round % Self.documents.count].utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
                }
            }
            do {
                let value = try JSONValue(parsing: bytes)
                let again = try JSONValue(parsing: value.serialized())
                if again != value { Issue.record("lost in writing: \(bytes)") }
                var reader = JSONReader(bytes)
                try reader.skip()
                try reader.finish()
            } catch {
                refused += 1
                if !(0...bytes.count).contains(error.offset) { Issue.record("offset outside: \(error)") }
            }
        }
        #expect(refused > 5_000)
        #expect(refused < 20_000)
    }

    @Test func randomValuesSurviveARoundTrip() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<1_000 {
            let value = randomValue(depth: 4, &generator)
            for pretty in [false, true] {
                let bytes = value.serialized(pretty: pretty)
                let parsed = try JSONValue(parsing: bytes)
                if parsed != value || parsed.serialized(pretty: pretty) != bytes { Issue.record("lost: \(value)") }
            }
        }
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            _ = try JSONValue(parsing: nested(128, open, close))
            #expect(throws: JSONError.self) { try JSONValue(parsing: nested(129, open, close)) }
            #expect(throws: JSONError.self) { try JSONValue(parsing: nested(1_000_000, open, close)) }
            #expect(throws: JSONError.self) {
                var reader = JSONReader(nested(129, open, close))
                try reader.skip()
            }
        }
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: nested(129, "[", "]")) }
        #expect(error == JSONError(offset: 128, message: "nested deeper than 128"))
    }

    @Test func sizeIsBounded() throws {
        let bytes = Array(#"{"a":"0123456789"}"#.utf8)
        _ = try JSONValue(parsing: bytes, limits: JSONLimits(bytes: bytes.count))
        for limit in -1..<bytes.count {
            let error = #expect(throws: JSONError.self) {
                try JSONValue(parsing: bytes, limits: JSONLimits(bytes: limit))
            }
            #expect(error?.message == "document larger than \(limit) bytes")
        }
        // The limit also holds when the part below it is a whole document.
        let spaced = Array("1     ".utf8)
        #expect(throws: JSONError.self) { try JSONValue(parsing: spaced, limits: JSONLimits(bytes: 3)) }
    }

    @Test func duplicateKeysAreRefusedInTrees() throws {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array(#"{"a":1,"\u0061":2}"#.utf8)) }
        #expect(error?.message == #"key "a" comes twice"#)
        #expect(try [String: Int](json: Array(#"{"a":1,"a":2}"#.utf8)) == ["a": 2])
    }

    @Test func manyKeysAreNotQuadratic() throws {
        var text = "{"
        for number in 0..<50_000 { text += "\"key-\(number)\":\(number)," }
        text += "\"last\":0}"
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(value.objectValue?.count == 50_001)
        #expect(value["key-49999"] == 49_999)
        #expect(value.text == text)
    }

    private func randomValue(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3:
            return .number(
                "\(Int.random(in: -99...99, using: &generator)).25e\(Int.random(in: -9...9, using: &generator))")
        case 4: return .string(randomText(&generator))
        case 5:
            return .array(
                (0..<Int.random(in: 0..<5, using: &generator)).map { _ in randomValue(depth: depth - 1, &generator) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<25, using: &generator) {
                object[randomText(&generator)] = randomValue(depth: depth - 2, &generator)
            }
            return .object(object)
        }
    }

    private func randomText(_ generator: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<20, using: &generator) {
            let ranges: [ClosedRange<UInt32>] = [
                0...0x7F, 0x20...0x7E, 0x80...0x7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
            ]
            let range = ranges[Int.random(in: 0..<ranges.count, using: &generator)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
