import ControllerRuntime
import KubernetesModel
import Testing

/// A store outlives those who listen to it in one term.
@Suite struct StoreListenerTests {
    private final class Owner: Sendable {}

    @Test func whoIsGoneIsForgotten() {
        let store = Store<Widget>()
        let stays = Owner()
        store.subscribe(for: stays) { _ in }
        for _ in 0..<10 { store.subscribe(for: Owner()) { _ in } }
        store.subscribe { _ in }
        #expect(store.listenerCount == 2)
        withExtendedLifetime(stays) {}
    }
}
