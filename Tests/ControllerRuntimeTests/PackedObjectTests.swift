import ControllerRuntime
import JSON
import KubernetesModel
import Primitives
import Testing

struct PackedObjectTests {
    /// A ConfigMap is the kind that may hold any text.
    private static func map(_ number: Int, _ data: [String: String] = [:]) -> ConfigMap {
        var map = ConfigMap(
            metadata: ObjectMeta(name: "map-with-a-longer-name-\(number)", namespace: "team-\(number % 7)"))
        map.metadata.uid = "0f0e1d2c-3b4a-5968-7786-\(String(100_000_000_000 + number))"
        map.metadata.resourceVersion = "\(1_000_000 + number)"
        map.metadata.creationTimestamp = Timestamp(seconds: 1_700_000_000 + Int64(number))
        map.metadata.labels = ["app.kubernetes.io/managed-by": "aiops-operator", "number": "\(number)"]
        map.data = data
        return map
    }

    @Test(arguments: [
        [:], ["k": ""], ["k": "long " + String(repeating: "é\"\\\n", count: 300)],
        ["time": "2026-01-02T03:04:05Z", "no time": "2026-13-02T03:04:05Z", "with zone": "2026-01-02T03:04:05+01:00"],
        ["early": "0001-01-01T00:00:00Z", "uid": "0F0E1D2C-3b4a-5968-7786-95a4b3c2d1e0"],
        ["version": "2026-01-02t03:04:05Z", "number": "1e400", "text": "\u{0}\u{7f}🙂"],
    ])
    func objectsComeBackAsTheyWere(data: [String: String]) throws {
        let packing = Packing<ConfigMap>()
        for number in 0..<3 {
            let map = Self.map(number, data)
            #expect(try packing.pack(map).object == map)
        }
    }

    @Test func whatRepeatsIsKeptOnce() throws {
        let packing = Packing<ConfigMap>()
        let maps = (0..<1_000).map { Self.map($0, ["mode": "the same in all of them, word for word"]) }
        let packed = maps.map { packing.pack($0) }
        let average = packed.map(\.heapBytes).reduce(0, +) / packed.count
        let plain = maps.map { $0.jsonBytes().count }.reduce(0, +) / maps.count
        #expect(average * 5 < plain * 2, "\(average) of \(plain) bytes")
        for (map, row) in zip(maps, packed) { #expect(try row.object == map) }
    }

    @Test func textsThatNeverRepeatFillNoTable() {
        let packing = Packing<ConfigMap>()
        for number in 0..<20_000 { _ = packing.pack(Self.map(number, ["key-\(number)": "text number \(number)"])) }
        #expect(packing.symbolCount <= 8_192)
    }
}
