/// One libyaml event, copied out of C memory.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case documentEnd
        case streamEnd
        case scalar(Scalar)
        case alias(String)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    struct Scalar {
        var text: String
        /// Written without quotes and not as a block.
        var isPlain: Bool
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var mark: YAMLMark
}
