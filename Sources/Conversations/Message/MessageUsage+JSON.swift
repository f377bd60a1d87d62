package import JSON

extension MessageUsage: JSONEncodable, JSONDecodable {
    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("inputTokens", inputTokens)
        writer.field("outputTokens", outputTokens)
        if cacheReadTokens != 0 { writer.field("cacheReadTokens", cacheReadTokens) }
        if cacheWriteTokens != 0 { writer.field("cacheWriteTokens", cacheWriteTokens) }
        if reasoningTokens != 0 { writer.field("reasoningTokens", reasoningTokens) }
        if isEstimated { writer.field("estimated", true) }
        writer.endObject()
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "inputTokens": inputTokens = try reader.integer()
            case "outputTokens": outputTokens = try reader.integer()
            case "cacheReadTokens": cacheReadTokens = try reader.integer()
            case "cacheWriteTokens": cacheWriteTokens = try reader.integer()
            case "reasoningTokens": reasoningTokens = try reader.integer()
            case "estimated": isEstimated = try reader.bool()
            default: try reader.skip()
            }
        }
    }
}

extension MessageCost: JSONEncodable, JSONDecodable {
    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("inputNanoUSD", inputNanoUSD)
        writer.field("outputNanoUSD", outputNanoUSD)
        writer.field("totalNanoUSD", totalNanoUSD)
        writer.field("source", source)
        writer.endObject()
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(inputNanoUSD: 0, outputNanoUSD: 0, totalNanoUSD: 0, source: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "inputNanoUSD": inputNanoUSD = try reader.integer()
            case "outputNanoUSD": outputNanoUSD = try reader.integer()
            case "totalNanoUSD": totalNanoUSD = try reader.integer()
            case "source": source = try reader.string()
            default: try reader.skip()
            }
        }
    }
}

extension CallReservation: JSONEncodable, JSONDecodable {
    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("tokens", tokens)
        writer.field("nanoUSD", nanoUSD)
        writer.endObject()
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(tokens: 0, nanoUSD: nil)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "tokens": tokens = try reader.integer()
            case "nanoUSD": nanoUSD = try reader.integer()
            default: try reader.skip()
            }
        }
    }
}

extension Truncation: JSONEncodable, JSONDecodable {
    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("originalBytes", originalBytes)
        writer.field("sha256", sha256)
        writer.endObject()
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(originalBytes: 0, sha256: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "originalBytes": originalBytes = try reader.int()
            case "sha256": sha256 = try reader.string()
            default: try reader.skip()
            }
        }
    }
}
