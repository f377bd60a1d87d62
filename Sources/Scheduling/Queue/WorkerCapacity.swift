/// What a worker can still take.
package struct WorkerCapacity: Sendable, Hashable {
    package var name: String
    package var freeSlots: Int

    package init(name: String, freeSlots: Int) {
        self.name = name
        self.freeSlots = freeSlots
    }
}
