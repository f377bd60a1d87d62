import JSON
import KubernetesTesting

/// Something in which the in-memory server may differ from a real one, and why: every one of them is here.
struct AllowedDifference: Sendable {
    let reason: String
    var forms = ServedForm.allCases
    /// The answer without what may differ.
    let without: @Sendable (JSONValue) -> JSONValue

    static let all = [
        AllowedDifference(
            reason: """
                Of 1.20, which fields of the status the writers of the rest own is not modelled; later servers keep them \
                apart, and the operator writes its status by force for that reason.
                """, forms: [.plain]
        ) { line in
            line.changing { value in
                guard let entries = value["managedFields"]?.arrayValue else { return }
                value["managedFields"] = .array(
                    entries.map { ["manager": $0["manager"] ?? "", "operation": $0["operation"] ?? ""] })
            }
        },
        AllowedDifference(
            reason: """
                1.20 lists from its memory, where there is no order; a list from the store (no version given) has one.
                """, forms: [.plain, .builtIn]
        ) { line in
            line.changing { value in
                guard value["request"]?.stringValue?.contains("resourceVersion=") == true,
                    let items = value["body"]?["items"]?.arrayValue
                else { return }
                value["body", "items"] = .array(items.sorted { $0.text < $1.text })
            }
        },
        AllowedDifference(
            reason: """
                The older server tells a bookmark or two more before a watch ends, or none: it depends on the moment in \
                which the watch began. That a newer one tells the version it has come to is compared.
                """, forms: [.plain, .builtIn]
        ) { line in
            line.changing { value in
                guard let frames = value["frames"]?.arrayValue else { return }
                value["frames"] = .array(frames.filter { $0["type"] != "BOOKMARK" })
            }
        },
        AllowedDifference(
            reason:
                "How many bookmarks come one after the other is for the server and its clock to say; that one comes is compared."
        ) { line in
            line.changing { value in
                guard let frames = value["frames"]?.arrayValue else { return }
                value["frames"] = .array(
                    frames.indices.filter {
                        $0 == 0 || frames[$0]["type"] != "BOOKMARK" || frames[$0] != frames[$0 - 1]
                    }
                    .map { frames[$0] })
            }
        },
        AllowedDifference(reason: "Where a server keeps an object is its own affair, and it tells it in a refusal.") {
            $0.changingText { $0.replacing(/Key: [^,]+,/, with: "Key: <place>,") }
        },
        AllowedDifference(reason: "So is what its table of kinds is called.") {
            $0.changingText { $0.replacing(/in scheme \".*\"/, with: "in scheme <name>") }
        },
        AllowedDifference(
            reason: """
                What a parser stumbles over in a selector that is none is told in its own words; that the selector is \
                refused, and how, is compared.
                """
        ) { line in
            line.changing { value in
                guard value["code"] == 400, value["request"]?.stringValue?.contains("labelSelector=") == true else {
                    return
                }
                value["body", "message"] = "<words>"
            }
        },
        AllowedDifference(
            reason: """
                Defaults of built-in workloads are not modelled, and in a real cluster their controller writes to them \
                meanwhile: compared is what the scenario sets.
                """, forms: [.builtIn]
        ) { line in
            line.changing { value in
                guard value["kind"] == "Deployment" || value["kind"] == "Scale" else { return }
                value["status", "replicas"] = nil
                for field in ["resourceVersion", "managedFields", "annotations", "generation"] {
                    value["metadata", field] = nil
                }
                guard value["kind"] == "Deployment" else { return }
                value["status"] = nil
                let template = value["spec"]?["template"]
                value["spec"] = [
                    "replicas": value["spec"]?["replicas"] ?? .null, "selector": value["spec"]?["selector"] ?? .null,
                    "labels": template?["metadata"]?["labels"] ?? .null,
                    "containers": .array(
                        (template?["spec"]?["containers"]?.arrayValue ?? []).map {
                            ["name": $0["name"] ?? .null, "image": $0["image"] ?? .null]
                        }),
                ]
            }
        },
        AllowedDifference(reason: "Which other groups a server has is not what discovery is asked about here.") {
            line in
            var line = line
            line["exchanges"] = .array(
                (line["exchanges"]?.arrayValue ?? []).filter {
                    !["GET /api", "GET /apis"].contains($0["request"]?.stringValue)
                })
            return line
        },
    ]
}

extension JSONValue {
    /// Itself after a change of every object in it, the innermost first.
    fileprivate func changing(_ change: (inout JSONValue) -> Void) -> JSONValue {
        switch self {
        case .array(let items): return .array(items.map { $0.changing(change) })
        case .object(let members):
            var result = JSONObject()
            for (key, member) in members { result[key] = member.changing(change) }
            var value = JSONValue.object(result)
            change(&value)
            return value
        default: return self
        }
    }

    fileprivate func changingText(_ change: (String) -> String) -> JSONValue {
        switch self {
        case .string(let text): return .string(change(text))
        case .array(let items): return .array(items.map { $0.changingText(change) })
        case .object(let members):
            var result = JSONObject()
            for (key, member) in members { result[key] = member.changingText(change) }
            return .object(result)
        default: return self
        }
    }
}
