import ControllerRuntime
import KubernetesModel
import Primitives
import Testing

struct KeyIndexTests {
    @Test(arguments: UInt64(1)...20)
    func randomHistoryMatchesADictionary(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var index = KeyIndex()
        var model: [ObjectKey: Int] = [:]
        for _ in 0..<3_000 {
            let key = ObjectKey(
                namespace: "n\(Int.random(in: 0..<5, using: &random))",
                name: "some-longer-name-\(Int.random(in: 0..<40, using: &random))")
            if Bool.random(using: &random) {
                let (slot, isNew) = index.insert(key)
                #expect(isNew == (model[key] == nil) && (isNew || model[key] == slot))
                model[key] = slot
            } else if let slot = model.removeValue(forKey: key) {
                index.remove(at: slot)
            }
        }
        #expect(index.count == model.count)
        #expect(Set(model.values).count == model.count, "two keys share a slot")
        #expect(index.slotCount <= 200, "freed slots are used again")
        for (key, slot) in model { #expect(index.slot(of: key) == slot && index.key(at: slot) == key) }
        #expect(index.slot(of: ObjectKey(name: "never")) == nil)
    }

    @Test(arguments: [
        "0f0e1d2c-3b4a-5968-7786-95a4b3c2d1e0", "00000000-0000-0000-0000-000000000000",
        "0F0E1D2C-3b4a-5968-7786-95a4b3c2d1e0", "not-a-uid", "", "0f0e1d2c03b4a-5968-7786-95a4b3c2d1e0",
        "0f0e1d2c-3b4a-5968-7786-95a4b3c2d1eg",
    ])
    func uidsReadAsTheyWereWritten(text: String) {
        #expect(ObjectUID(text).description == text)
        #expect(ObjectUID(text) == ObjectUID(text) && ObjectUID(text) != ObjectUID(text + "x"))
    }
}
