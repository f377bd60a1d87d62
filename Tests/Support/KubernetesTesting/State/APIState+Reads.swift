import JSON
import KubernetesModel

extension APIState {
    /// The objects that match, in the order of a real server: by namespace and name.
    func list(_ type: ResourceType, _ filter: ObjectFilter) -> [JSONValue] {
        (objects[type] ?? [:]).sorted { $0.key < $1.key }.map(\.value).filter(filter.matches)
    }

    /// What a watch from `version` has missed.
    func changes(_ type: ResourceType, after version: Int64) -> [Change] {
        history.filter { $0.version > version && $0.type == type }
    }

    func checkReadable(_ text: String?) throws {
        guard let text, !text.isEmpty else { return }
        guard let wanted = Int64(text) else {
            throw APIFailure.badRequest("Invalid value: \"\(text)\": strconv.ParseUint: parsing: invalid syntax")
        }
        guard wanted <= version else { throw APIFailure.tooLarge(wanted, current: version) }
    }
}

extension APIState.Change {
    /// The line a watch with this filter shows, if any: an object that comes into sight is added, one that goes out of
    /// it is deleted.
    func line(_ filter: ObjectFilter) -> JSONValue? {
        let was = old.map(filter.matches) ?? false
        let isNow = new.map(filter.matches) ?? false
        switch (was, isNow) {
        case (false, true): return ["type": "ADDED", "object": last]
        case (true, true): return ["type": "MODIFIED", "object": last]
        case (true, false): return ["type": "DELETED", "object": last]
        case (false, false): return nil
        }
    }
}
