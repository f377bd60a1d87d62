import JSON

/// All that an agent could have changed, at one moment.
package struct ReachSnapshot: Sendable, Hashable {
    package var objects: [ObservedObject]
    /// More was there than is kept, or some of it could not be read: nothing that is missing here is known to have been made.
    package var isPartial: Bool

    /// No snapshot holds more; a namespace's quota is far below it.
    package static let limit = 2000

    package init(objects: [ObservedObject], isPartial: Bool = false) {
        self.objects = Array(objects.prefix(Self.limit))
        self.isPartial = isPartial || objects.count > Self.limit
    }

    /// As text, for whoever compares after a crash.
    package var encoded: String {
        JSONValue.object(["partial": .bool(isPartial), "objects": .array(objects.map(\.json))]).text
    }

    /// Nil for what no snapshot has written.
    package init?(encoded: String) {
        do {
            let value = try JSONValue(parsing: Array(encoded.utf8))
            guard let isPartial = value["partial"]?.boolValue, let listed = value["objects"]?.arrayValue else {
                return nil
            }
            let objects = listed.compactMap(ObservedObject.init(json:))
            guard objects.count == listed.count else { return nil }
            self.init(objects: objects, isPartial: isPartial)
        } catch {
            return nil
        }
    }
}
