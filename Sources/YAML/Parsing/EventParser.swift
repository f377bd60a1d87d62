import CYAML

/// Pulls events out of libyaml.
///
/// libyaml keeps pointers into its own parser struct and into the input, so both live at fixed addresses owned by this
/// object and freed with it. Every event is copied into Swift values and deleted before `next` returns.
final class EventParser {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        // A failed initialiser has freed what it took and left zeros, which the deletion in deinit accepts.
        guard yaml_parser_initialize(parser) == 1 else { throw YAMLError(YAMLMark(), "out of memory") }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(YAMLError) -> YAMLEvent {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
            defer { yaml_event_delete(&event) }
            if let event = Self.copy(event) { return event }
        }
    }

    private func failure() -> YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "malformed YAML"
        let mark = parser.pointee.error == YAML_READER_ERROR ? parser.pointee.mark : parser.pointee.problem_mark
        return YAMLError(Self.mark(mark), problem)
    }

    /// Nil for the start of the stream, which says nothing.
    private static func copy(_ event: yaml_event_t) -> YAMLEvent? {
        var copy = YAMLEvent(kind: .streamEnd, mark: mark(event.start_mark))
        switch event.type {
        case YAML_STREAM_START_EVENT:
            return nil
        case YAML_DOCUMENT_START_EVENT:
            copy.kind = .documentStart
        case YAML_DOCUMENT_END_EVENT:
            copy.kind = .documentEnd
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            copy.kind = .scalar(YAMLEvent.Scalar(text: text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE))
            copy.anchor = string(scalar.anchor)
            copy.tag = string(scalar.tag)
        case YAML_ALIAS_EVENT:
            copy.kind = .alias(string(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            copy.kind = .sequenceStart
            copy.anchor = string(event.data.sequence_start.anchor)
            copy.tag = string(event.data.sequence_start.tag)
        case YAML_SEQUENCE_END_EVENT:
            copy.kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            copy.kind = .mappingStart
            copy.anchor = string(event.data.mapping_start.anchor)
            copy.tag = string(event.data.mapping_start.tag)
        case YAML_MAPPING_END_EVENT:
            copy.kind = .mappingEnd
        default:
            // The end of the stream, and libyaml's "no event" that it gives after it.
            break
        }
        return copy
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    private static func mark(_ mark: yaml_mark_t) -> YAMLMark {
        YAMLMark(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
