import JSON
import Testing

struct JSONEditingTests {
    // RFC 7386 appendix A.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func mergePatch(original: String, patch: String, result: String) throws {
        let expected = try JSONValue(parsing: Array(result.utf8))
        #expect(
            JSONMergePatch.apply(
                try JSONValue(parsing: Array(patch.utf8)), to: try JSONValue(parsing: Array(original.utf8))) == expected
        )
    }

    @Test(
        arguments: [
            ("{}", "{}", nil), (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, nil), (#"{"a":1}"#, #"{"a":2}"#, #"{"a":2}"#),
            (#"{"a":1,"b":{"c":1,"d":2}}"#, #"{"b":{"c":1,"e":3}}"#, #"{"b":{"e":3,"d":null},"a":null}"#),
            (#"{"a":[1,2]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"{"a":{"b":1}}"#, #"{"a":"x"}"#, #"{"a":"x"}"#),
            (#"{"a":"x"}"#, #"{"a":{"b":1}}"#, #"{"a":{"b":1}}"#), ("1", "2", "2"),
        ] as [(String, String, String?)])
    func mergePatchDifference(old: String, new: String, patch: String?) throws {
        let (old, new) = (try JSONValue(parsing: Array(old.utf8)), try JSONValue(parsing: Array(new.utf8)))
        let difference = JSONMergePatch.diff(from: old, to: new)
        #expect(try difference == patch.map { try JSONValue(parsing: Array($0.utf8)) })
        #expect(JSONMergePatch.apply(difference ?? [:], to: old) == (difference == nil ? old : new))
    }

    // RFC 6902 appendix A, without move and copy.
    @Test(
        arguments: [
            (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#, #"{"baz":"qux","foo":"bar"}"#),
            (
                #"{"foo":["bar","baz"]}"#, #"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
                #"{"foo":["bar","qux","baz"]}"#
            ),
            (#"{"baz":"qux","foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#, #"{"foo":"bar"}"#),
            (#"{"foo":["bar","qux","baz"]}"#, #"[{"op":"remove","path":"/foo/1"}]"#, #"{"foo":["bar","baz"]}"#),
            (
                #"{"baz":"qux","foo":"bar"}"#, #"[{"op":"replace","path":"/baz","value":"boo"}]"#,
                #"{"baz":"boo","foo":"bar"}"#
            ),
            (
                #"{"baz":"qux","foo":["a",2,"c"]}"#,
                #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
                #"{"baz":"qux","foo":["a",2,"c"]}"#
            ),
            (#"{"baz":"qux"}"#, #"[{"op":"test","path":"/baz","value":"bar"}]"#, nil),
            (
                #"{"foo":"bar"}"#, #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
                #"{"foo":"bar","child":{"grandchild":{}}}"#
            ),
            (
                #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#,
                #"{"foo":"bar","baz":"qux"}"#
            ),
            (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#, nil),
            (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":10}]"#, #"{"/":9,"~1":10}"#),
            (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":"10"}]"#, nil),
            (
                #"{"foo":["bar"]}"#, #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
                #"{"foo":["bar",["abc","def"]]}"#
            ),
            (#"{"a":1}"#, #"[{"op":"replace","path":"","value":[1]}]"#, "[1]"),
            (#"{"a":1}"#, #"[{"op":"replace","path":"/b","value":1}]"#, nil),
            (#"{"a":1}"#, #"[{"op":"remove","path":"/b"}]"#, nil),
            (#"{"a":1}"#, #"[{"op":"test","path":"/b","value":null}]"#, nil),
            (#"{"a":null}"#, #"[{"op":"test","path":"/a","value":null}]"#, #"{"a":null}"#),
            (#"{"a":1}"#, #"[{"op":"replace","path":"/a","value":null}]"#, #"{"a":null}"#),
            ("[1]", #"[{"op":"add","path":"/1","value":2}]"#, "[1,2]"),
            ("[1]", #"[{"op":"add","path":"/2","value":2}]"#, nil),
            ("[1]", #"[{"op":"add","path":"/01","value":2}]"#, nil), ("[1]", #"[{"op":"remove","path":"/-"}]"#, nil),
            ("[1]", #"[{"op":"remove","path":"/1"}]"#, nil), ("[1]", #"[{"op":"test","path":"/-1","value":1}]"#, nil),
            ("[[1]]", #"[{"op":"replace","path":"/0/0","value":2}]"#, "[[2]]"),
            ("[1]", #"[{"op":"add","path":"0","value":2}]"#, nil),
            ("{}", #"[{"op":"add","path":"/a~2","value":2}]"#, nil),
            ("{}", #"[{"op":"add","path":"/","value":2}]"#, #"{"":2}"#),
            ("[1]", #"[{"op":"remove","path":"/99999999999999999999"}]"#, nil),
            ("{}", #"[{"op":"move","path":"/a","from":"/b"}]"#, nil),
            ("{}", #"[{"op":"add","path":"/a"}]"#, nil),
        ] as [(String, String, String?)])
    func patch(document: String, patch: String, result: String?) throws {
        let document = try JSONValue(parsing: Array(document.utf8))
        guard let result else {
            #expect(throws: JSONError.self) { try JSONPatch(json: Array(patch.utf8)).apply(to: document) }
            return
        }
        #expect(try JSONPatch(json: Array(patch.utf8)).apply(to: document) == JSONValue(parsing: Array(result.utf8)))
    }

    @Test func patchesAreWrittenAsTheStandardSays() {
        let patch = JSONPatch([
            .test(path: "/metadata/uid", "u"), .add(path: "/a", nil), .remove(path: "/b"), .replace(path: "/c", 1),
        ])
        #expect(
            String(decoding: patch.jsonBytes(), as: UTF8.self) == """
                [{"op":"test","path":"/metadata/uid","value":"u"},{"op":"add","path":"/a","value":null},\
                {"op":"remove","path":"/b"},{"op":"replace","path":"/c","value":1}]
                """)
        #expect(patch.jsonValue()[0]?["path"] == "/metadata/uid")
    }

    // RFC 6901 section 5.
    @Test(
        arguments: [
            ("", nil), ("/foo", #"["bar","baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"),
            ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"), ("/foo/2", "none"), ("/foo/-", "none"),
            ("/x", "none"),
        ] as [(String, String?)])
    func pointer(text: String, expected: String?) throws {
        let document: JSONValue = [
            "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8,
        ]
        let pointer = try JSONPointer(text)
        #expect(pointer.description == text)
        switch expected {
        case nil: #expect(document[pointer] == document)
        case "none": #expect(document[pointer] == nil)
        case let expected?: #expect(document[pointer]?.text == expected)
        }
    }

    @Test func pointerTokensAreEscaped() {
        #expect("/metadata/annotations/" + JSONPointer.escaped("a.io/x~y") == "/metadata/annotations/a.io~1x~0y")
    }
}
