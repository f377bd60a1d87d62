package import JSON

/// One thing that goes wrong between the operator and the API server, in the words of `scripts/faults/proxy/plan.py`.
///
/// Of what matches, the first `skip` pass and the next `times` are hit; 0 times means all of them.
package struct Fault: Sendable {
    package var name: String
    var action: String
    /// Which requests, by verbs, resources, subresource, path, body.
    var match: JSONObject
    /// Which events of a watch that matches; nil for a fault of the request itself.
    var event: JSONObject?
    var options: JSONObject
    var skip: Int
    var times: Int

    package init(
        _ name: String, _ action: String, _ match: JSONObject, event: JSONObject? = nil, with options: JSONObject = [:],
        skip: Int = 0, times: Int = 1
    ) {
        self.name = name
        self.action = action
        self.match = match
        self.event = event
        self.options = options
        self.skip = skip
        self.times = times
    }

    /// Where in a write the operator dies.
    package enum Death: String, Sendable, CaseIterable {
        /// The server never hears of it.
        case before = "kill-before"
        /// The server has done it; the operator does not learn of it.
        case afterCommit = "kill-after-commit"
        /// The operator has the reply and no time to do anything with it.
        case afterReply = "kill-after-reply"
    }

    /// Writes whose order is part of the work: Events and Leases come when they come.
    package static let ordinaryWrites: JSONObject = ["write": true, "notResources": ["events", "leases"]]

    package static let taskWatch: JSONObject = ["verbs": ["watch"], "resources": ["aiopstasks"]]

    /// kill -9 at the n-th write, counted from 1.
    package static func kill(_ death: Death, atWrite number: Int) -> Fault {
        Fault("\(death.rawValue) \(number)", death.rawValue, ordinaryWrites, skip: number - 1)
    }

    /// The API server answers with an error, `times` in a row.
    package static func answer(
        _ status: Int, to match: JSONObject, skip: Int = 0, times: Int = 1, _ options: JSONObject = [:]
    ) -> Fault {
        var with = options
        with["status"] = .integer(Int64(status))
        return Fault("answer \(status)", "answer", match, with: with, skip: skip, times: times)
    }

    var value: JSONValue {
        var value: JSONValue = [
            "name": .string(name), "do": .string(action), "match": .object(match), "with": .object(options),
            "skip": .integer(Int64(skip)), "times": .integer(Int64(times)),
        ]
        if let event { value["event"] = .object(event) }
        return value
    }
}
