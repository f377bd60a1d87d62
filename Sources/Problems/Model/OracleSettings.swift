/// How long and how often a mended system is looked at before it counts as mended.
package struct OracleSettings: Sendable, Hashable {
    /// The system must be whole for this long without a break.
    package var settleSeconds: Int
    /// The look at the system ends after this, whole or not.
    package var withinSeconds: Int
    /// Requests through the front door that must succeed in a row.
    package var frontDoorRequests: Int

    package init(settleSeconds: Int = 5, withinSeconds: Int = 60, frontDoorRequests: Int = 3) {
        self.settleSeconds = settleSeconds
        self.withinSeconds = withinSeconds
        self.frontDoorRequests = frontDoorRequests
    }
}
