import JSON
import Primitives
import Testing

struct JSONWriterTests {
    @Test func writesMembersInOrder() {
        let value: JSONValue = ["b": 1, "a": [true, nil, "x", 1.5], "c": [:], "d": []]
        #expect(value.text == #"{"b":1,"a":[true,null,"x",1.5],"c":{},"d":[]}"#)
        #expect(
            String(decoding: value.serialized(pretty: true), as: UTF8.self) == """
                {
                  "b": 1,
                  "a": [
                    true,
                    null,
                    "x",
                    1.5
                  ],
                  "c": {},
                  "d": []
                }
                """)
    }

    @Test func escapesWhatMustBeEscaped() {
        let text = "\"\\/\u{8}\t\n\u{c}\r\0\u{1f}\u{7f}é😀\u{2028}"
        #expect(JSONValue.string(text).text == "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0000\\u001f\u{7f}é😀\u{2028}\"")
    }

    @Test func fieldsOmitNilAndSortDictionaries() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("labels", ["z": "1", "a": "2"])
        writer.field("none", String?.none)
        writer.field("empty", nonEmpty: [String]())
        writer.field("list", nonEmpty: [1, 2])
        writer.key("nested")
        writer.beginArray()
        writer.raw(Array(#"{"raw":1}"#.utf8))
        writer.field("time", Timestamp?.none)
        writer.bool(false)
        writer.endArray()
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"labels":{"a":"2","z":"1"},"list":[1,2],"nested":[{"raw":1},false]}"#)
    }

    @Test func numbersThatAreNoneBecomeStrings() {
        #expect(JSONValue.number("1.50").text == "1.50")
        #expect(JSONValue.number("1,\"x\":2").text == #""1,\"x\":2""#)
        #expect(JSONValue.number("").text == #""""#)
        #expect(JSONValue(Double.nan).isNull)
        #expect(JSONValue(3.0) == 3)
    }
}
