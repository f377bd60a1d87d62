import JSON
import Testing

struct JSONValueTests {
    @Test func subscriptsReadAndWrite() {
        var value: JSONValue = ["metadata": ["name": "a"], "list": [1, "two"]]
        #expect(value["metadata"]?["name"]?.stringValue == "a")
        #expect(value["list"]?[1]?.stringValue == "two")
        #expect(value["list"]?[2] == nil)
        #expect(value["list"]?[-1] == nil)
        #expect(value["list"]?["x"] == nil)
        value["metadata"]?["name"] = "b"
        value["list"] = nil
        value["null"] = .some(.null)
        #expect(value == ["metadata": ["name": "b"], "null": nil])
        #expect(value["null"] == .some(.null))
        var text: JSONValue = "x"
        text["k"] = nil
        #expect(text == "x")
        text["k"] = 1
        #expect(text == ["k": 1])
    }

    @Test func equalityIgnoresOrderOfMembersOnly() {
        let left: JSONValue = ["a": 1, "b": ["c": [1, 2]]]
        let right: JSONValue = ["b": ["c": [1, 2]], "a": 1]
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left != ["a": 1, "b": ["c": [2, 1]]])
        #expect(left != ["a": 1])
        #expect(left.text != right.text)
    }

    @Test func bigObjectsKeepOrderThroughEdits() {
        var object = JSONObject()
        for number in 0..<100 { object["k\(number)"] = .integer(Int64(number)) }
        for number in stride(from: 0, to: 100, by: 2) { object["k\(number)"] = nil }
        object["k1"] = "changed"
        #expect(object.count == 50)
        #expect(object.keys.prefix(3) == ["k1", "k3", "k5"])
        #expect(object["k1"] == "changed")
        #expect(object["k99"] == 99)
        #expect(object["k98"] == nil)
        for number in stride(from: 99, to: 20, by: -2) { object["k\(number)"] = nil }
        #expect(object["k19"] == 19)
        #expect(object.map(\.key).count == object.count)
    }

    @Test func interpolationMakesStrings() {
        let name = "x"
        let value: JSONValue = ["a": "\(name)-1"]
        #expect(value["a"] == "x-1")
    }
}
