package import JSON

/// One rule of a Role.
package struct AccessRule: Sendable, Hashable {
    package var apiGroups: [String]
    package var resources: [String]
    package var verbs: [String]

    package init(apiGroups: [String], resources: [String], verbs: [String]) {
        self.apiGroups = apiGroups
        self.resources = resources
        self.verbs = verbs
    }

    package var json: JSONValue {
        ["apiGroups": .strings(apiGroups), "resources": .strings(resources), "verbs": .strings(verbs)]
    }
}
