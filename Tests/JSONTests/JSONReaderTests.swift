import JSON
import Testing

struct JSONReaderTests {
    @Test func pullsMembersAndElements() throws {
        var reader = JSONReader(
            Array(#" {"a": "x", "b": [1, -2 ,3], "skip": {"k": [true, null, "\"}"]}, "c": {}, "d":[]} "#.utf8))
        var seen: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            seen.append(key)
            switch key {
            case "a": #expect(try reader.string() == "x")
            case "b": #expect(try reader.decode([Int].self) == [1, -2, 3])
            case "c": #expect(try reader.decode([String: Bool].self).isEmpty)
            case "d": #expect(try reader.value() == [])
            default: try reader.skip()
            }
        }
        try reader.finish()
        #expect(seen == ["a", "b", "skip", "c", "d"])
    }

    @Test func rawValueIsExact() throws {
        var reader = JSONReader(Array(#"{"a" :  {"x": [1, 2.50]} , "b":null}"#.utf8))
        try reader.beginObject()
        #expect(try reader.nextKey() == "a")
        #expect(try reader.rawValue() == Array(#"{"x": [1, 2.50]}"#.utf8))
        #expect(try reader.nextKey() == "b")
        #expect(try reader.decodeIfPresent(String.self) == nil)
        #expect(try reader.nextKey() == nil)
    }

    @Test(arguments: [
        (#""""#, ""), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\ud83d\ude00!""#, "😀!"), (#""😀é""#, "😀é"), (#""\u0000""#, "\0"),
        (#""\uFFFF\uD7FF\uE000""#, "\u{FFFF}\u{D7FF}\u{E000}"),
        (
            #""a very long string that does not fit a small string 0123456789""#,
            "a very long string that does not fit a small string 0123456789"
        ),
    ])
    func readsStrings(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)) == .string(expected))
    }

    @Test(
        arguments: [
            ("0", .integer(0)), ("-0", .integer(0)), ("12", 12), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number("9223372036854775808")),
            ("-9223372036854775809", .number("-9223372036854775809")), ("1.0", .number("1.0")), ("1e3", .number("1e3")),
            ("-2.5E-7", .number("-2.5E-7")), ("0.1e+9", .number("0.1e+9")),
            ("99999999999999999999999", .number("99999999999999999999999")),
        ] as [(String, JSONValue)])
    func readsNumbers(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}",
        "{1:1}",
        "{\"a\":1 \"b\":2}", "nul", "nulll", "tru", "truefalse", "01", "-", "-a", "+1", "1.", ".5", "1e", "1e+", "0x10",
        "1 2",
        "\"", "\"\n\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
        "\"\\ud800x\"",
        "\"\\", "'a'", "NaN", "Infinity", "[1]]", "{}{}", "//c\n1", "\u{FEFF}1", "[\"a\":1]", "{\"a\":1]", "[1}",
        "{\"a\":1,\"a\":2}", "\0", "[\0]",
    ])
    func refusesMalformedText(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xFF, 0x22], [0x22, 0x80, 0x22], [0xFF],
            [0xEF, 0xBB, 0xBF, 0x31],
        ] as [[UInt8]])
    func refusesWhatIsNotUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    }

    @Test func wrongTypesAreErrorsWithOffsets() {
        #expect(throws: JSONError(offset: 2, message: "expected a string")) {
            var reader = JSONReader(Array("  1".utf8))
            _ = try reader.string()
        }
        #expect(throws: JSONError(offset: 1, message: "expected a 64-bit integer")) {
            try [Int](json: Array("[1.5,2]".utf8))
        }
        #expect(throws: JSONError(offset: 0, message: "expected true or false")) { try Bool(json: Array("1 ".utf8)) }
        #expect(throws: JSONError(offset: 2, message: "unexpected text after the document")) {
            try Int(json: Array("1 2".utf8))
        }
        #expect(throws: JSONError(offset: 2, message: "unexpected end of document, expected ',' or ']'")) {
            try [Int](json: Array("[1".utf8))
        }
    }

    @Test func pullingInTheWrongOrderNeverTraps() {
        for text in ["", "1", "{}", "[]", "{\"a\":1}", "[1]", "\"s\"", "}", "]"] {
            for first in 0..<8 {
                for second in 0..<8 {
                    var reader = JSONReader(Array(text.utf8))
                    do {
                        for operation in [first, second, first, second] {
                            switch operation {
                            case 0: try reader.beginObject()
                            case 1: _ = try reader.nextKey()
                            case 2: try reader.beginArray()
                            case 3: _ = try reader.nextElement()
                            case 4: _ = try reader.string()
                            case 5: try reader.skip()
                            case 6: _ = try reader.value()
                            default: try reader.finish()
                            }
                        }
                    } catch {
                        #expect(error.offset <= text.utf8.count)
                    }
                }
            }
        }
    }
}
