package import KubernetesTesting

/// Everything that decides how a run goes: equal schedules give equal runs, down to the byte.
package struct Schedule: Sendable {
    package var lifecycle: Lifecycle
    /// Nil: no chance at all; jobs run in the order they came and the network is even.
    package var seed: UInt64?
    package var faults: [PlannedFault] = []
    package var watchFaults: [WatchTraffic.Fault] = []
    /// What somebody does besides the lifecycle's own steps.
    package var interventions: [Lifecycle.Step] = []
    /// When it is over, where that is another matter than for the lifecycle in peace.
    package var isOver: (@Sendable (World) -> Bool)?
    package var weather: Randomness.Weather?
    package var profile = ServerProfile.v1_36
    /// How long nothing may be written once all is done.
    package var rest = Duration.seconds(60)
    package var keepsTrace = false
    /// Keeps the world after each effect, for runs that branch off there.
    package var savesWorlds = false

    package init(_ lifecycle: Lifecycle, seed: UInt64? = nil, faults: [PlannedFault] = []) {
        self.lifecycle = lifecycle
        self.seed = seed
        self.faults = faults
    }
}
