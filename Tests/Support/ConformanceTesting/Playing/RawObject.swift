import JSON
import KubernetesModel

/// An object of a kind that is kept whole, so that a replace sends what was read.
protocol RawObject: KubernetesObject {
    var value: JSONValue { get set }
    init(value: JSONValue)
}

extension RawObject {
    var metadata: ObjectMeta {
        get { DynamicObject(value).metadata }
        set {
            var object = DynamicObject(value)
            object.metadata = newValue
            value = object.value
        }
    }

    init(from reader: inout JSONReader) throws(JSONError) { self.init(value: try reader.value()) }
    func encode(to writer: inout JSONWriter) { writer.value(value) }
}
