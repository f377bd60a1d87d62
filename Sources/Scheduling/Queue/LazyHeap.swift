/// A binary heap, least first, whose elements may die where they are.
///
/// Whoever owns it knows which are alive. A dead one costs nothing until it comes to the top, or until the dead outnumber
/// the living; so adding and taking cost the logarithm of what is alive, and room is taken for no more than twice of it.
struct LazyHeap<Element: Comparable & Sendable>: Sendable {
    private(set) var elements: [Element] = []

    mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard elements[child] < elements[parent] else { return }
            elements.swapAt(child, parent)
            child = parent
        }
    }

    /// The least one that is alive; the dead before it are dropped.
    mutating func first(where isAlive: (Element) -> Bool) -> Element? {
        while let first = elements.first {
            if isAlive(first) { return first }
            removeFirst()
        }
        return nil
    }

    /// Takes out the least one.
    mutating func removeFirst() {
        guard !elements.isEmpty else { return }
        elements.swapAt(0, elements.count - 1)
        elements.removeLast()
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < elements.count else { return }
            let right = left + 1
            let least = right < elements.count && elements[right] < elements[left] ? right : left
            guard elements[least] < elements[parent] else { return }
            elements.swapAt(least, parent)
            parent = least
        }
    }

    /// True when more than half, and more than a handful, must be dead.
    func isCrowded(alive: Int) -> Bool { elements.count > 2 * alive + 16 }

    /// Drops the dead where there are too many of them.
    mutating func tidy(alive: Int, where isAlive: (Element) -> Bool) {
        guard isCrowded(alive: alive) else { return }
        // A sorted array is a heap.
        elements = elements.filter(isAlive).sorted()
    }
}
