/// Good input, to be spoiled.
enum FuzzSamples {
    private static let usage =
        #"{"prompt_tokens":12,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4},"cost":1.5e-05}"#

    static let chat = [
        #"{"model":"m","choices":[{"message":{"content":"hé"},"finish_reason":"stop"}],"usage":\#(usage)}"#,
        #"{"choices":[{"message":{"content":null,"refusal":"no"}}],"usage":null}"#,
        #"{"choices":[{"message":{"content":[{"type":"text","text":"a"}],"tool_calls":[{"id":"a","function":{"name":"f","#
            + #""arguments":"{\"a\":1}"}},{"function":{"arguments":{"b":2}}}]},"finish_reason":"tool_calls"}]}"#,
        #"{"error":{"code":502,"message":"m"}}"#, #"{"choices":[{"error":{"code":429},"message":{}}]}"#,
    ]

    static let chatEvents = [
        #"{"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
        #"{"choices":[{"index":0,"delta":{"content":"hé"}}]}"#, #"{"choices":[{"index":0,"delta":{"refusal":"no"}}]}"#,
        #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}}]}"#,
        #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}}]}"#,
        #"{"choices":[{"delta":{"tool_calls":[{"index":1,"function":{"arguments":"1}"}}]}}]}"#,
        #"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#, #"{"choices":[],"usage":\#(usage)}"#, "[DONE]",
    ]

    private static let figures = #"{"input_tokens":6,"output_tokens":5,"cache_read_input_tokens":9223372036854775807}"#

    static let messages = [
        #"{"model":"m","content":[{"type":"text","text":"hé"}],"stop_reason":"end_turn","usage":\#(figures)}"#,
        #"{"content":[{"type":"thinking","thinking":"x","signature":"s"},{"type":"tool_use","id":"t","name":"f","#
            + #""input":{"a":[1]}}],"stop_reason":"tool_use","usage":{"input_tokens":-4}}"#,
        #"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#,
    ]

    static let messagesEvents = [
        #"{"type":"message_start","message":{"model":"m","usage":\#(figures)}}"#, #"{"type":"ping"}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hé"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}"#,
        #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}"#,
        #"{"type":"message_stop"}"#,
    ]

    static let actions = [
        #"exec_shell("kubectl get pods -o jsonpath='{.items[*].metadata.name}'")"#, #"exec_shell(command='a \'b\'')"#,
        #"get_logs(namespace="a", service='b')"#, #"submit({"system_level": "x", "fault_type": 'y'})"#,
        #"submit(["a", 'b', """c"""])"#, "submit()", #"exec_shell("echo "hi"")"#,
    ]
}
