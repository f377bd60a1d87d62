import ControllerRuntime
import KubernetesModel
import Primitives
import Testing

/// The decisions of an election, in virtual time.
@Suite struct ElectorTests {
    private static func led(by count: Int = 2, seed: UInt64 = 1) throws -> (
        world: ElectionWorld, leader: Int, standby: Int
    ) {
        var world = ElectionWorld(seed: seed)
        for _ in 0..<count { world.start() }
        world.run(for: .seconds(7))
        let leader = try #require(world.leader)
        return (world, leader, leader == 0 ? 1 : 0)
    }

    @Test func oneLeadsAndRenewsEveryTwoSecondsWithoutReading() throws {
        var (world, leader, standby) = try Self.led()
        let (before, start) = (world.requests.count, world.now)
        world.run(for: .seconds(60))
        let asked = world.requests[before...]
        let byLeader = asked.filter { $0.agent == leader }
        #expect(world.writers == [leader])
        #expect(byLeader.count >= 28 && byLeader.allSatisfy { $0.verb == "update" })
        // It watches, and so need not ask.
        #expect(asked.count { $0.agent == standby } == 0, "\(world.now - start)")
        #expect(world.lease?.spec.leaseTransitions == 0)
    }

    /// SIGTERM: the standby sees the release and leads at once.
    @Test func aReleasedLeaseIsTakenWithinHalfASecond() throws {
        var (world, leader, standby) = try Self.led()
        world.terminate(leader)
        world.run(for: .milliseconds(500))
        #expect(world.agents[leader].end == .released)
        #expect(world.writers == [standby])
        #expect(world.lease?.spec.leaseTransitions == 1)
        #expect(world.violations.isEmpty)
    }

    @Test func aReleaseByTheLastOneLeavesTheLeaseToNobody() throws {
        var world = ElectionWorld(seed: 1)
        world.start()
        world.run(for: .seconds(3))
        world.terminate(0)
        world.run(for: .seconds(1))
        let spec = try #require(world.lease?.spec)
        #expect(spec.holderIdentity == nil && spec.leaseDurationSeconds == 1 && world.writers.isEmpty)
    }

    /// SIGKILL: not before the Lease has run out, and not much later.
    @Test(arguments: UInt64(1)...20) func aDeadLeadersLeaseIsTakenWhenItHasRunOut(seed: UInt64) throws {
        var (world, leader, standby) = try Self.led(seed: seed)
        world.kill(leader)
        let killed = world.now
        world.run(for: .milliseconds(12_900))
        #expect(world.writers.isEmpty)
        world.run(until: killed + .seconds(16))
        #expect(world.writers == [standby])
    }

    /// The leader stops writing on its own, before anybody may take over, and goes back into the race.
    @Test func aLeaderThatCannotRenewStopsInTimeAndRacesAgain() throws {
        var (world, leader, _) = try Self.led(by: 1)
        world.weather.refusals = 100
        let began = world.now
        world.run(for: .milliseconds(10_100))
        #expect(world.writers.isEmpty && world.agents[leader].end == nil)
        #expect(world.agents[leader].losses == [.notRenewed(within: .seconds(10))])
        #expect(world.agents[leader].slowPaths > 0, "\(began)")
        world.weather.refusals = 0
        world.run(for: .seconds(6))
        #expect(world.writers == [leader] && world.agents[leader].leads == 2)
        #expect(world.violations.isEmpty)
    }

    /// SIGSTOP for twenty seconds: what was asked before and is answered now gives no right to anything.
    @Test(arguments: UInt64(1)...40) func aWokenLeaderHasLost(seed: UInt64) throws {
        var (world, leader, standby) = try Self.led(seed: seed)
        // At any point of the renewal's cycle.
        world.run(for: .milliseconds(Int64(seed) * 50))
        world.freeze(leader, for: .seconds(20))
        world.run(for: .milliseconds(19_999))
        #expect(world.writers == [standby])
        world.run(for: .seconds(30))
        #expect(world.writers == [standby] && world.agents[leader].losses.count == 1)
        #expect(world.agents[leader].leads == 1 && world.violations.isEmpty)
    }

    /// While work of a lost term goes on, its process takes no new one.
    @Test func noNewTermBeforeTheWorkOfTheOldOneHasEnded() {
        var elector = Elector(identity: "me", seed: 1)
        let wall = Timestamp(seconds: 0)
        _ = elector.step(.start, now: .zero, wall: wall)
        _ = elector.step(.read(.absent), now: .zero, wall: wall)
        let mine = LeaseRecord(
            spec: LeaseSpec(holderIdentity: "me", leaseDurationSeconds: 15, leaseTransitions: 0), version: "5")
        #expect(elector.step(.written(.done(mine)), now: .zero, wall: wall).contains(.lead(until: .seconds(10))))
        let lost = elector.step(.woken, now: .seconds(10), wall: wall)
        #expect(lost == [.lose(.notRenewed(within: .seconds(10)))])
        for second in 11..<40 {
            #expect(elector.step(.woken, now: .seconds(second), wall: wall).isEmpty)
        }
        #expect(elector.step(.workEnded, now: .seconds(40), wall: wall) == [.get])
    }

    /// Work that does not end keeps the Lease: nobody else may begin while it could still write.
    @Test func aLeaseIsNotReleasedUnderWorkThatGoesOn() {
        var elector = Elector(identity: "me", seed: 1)
        let wall = Timestamp(seconds: 0)
        _ = elector.step(.start, now: .zero, wall: wall)
        _ = elector.step(.read(.absent), now: .zero, wall: wall)
        let mine = LeaseRecord(spec: LeaseSpec(holderIdentity: "me", leaseDurationSeconds: 15), version: "5")
        _ = elector.step(.written(.done(mine)), now: .zero, wall: wall)
        #expect(
            elector.step(.stop, now: .seconds(1), wall: wall) == [.end(.kept(why: "work under it has not ended"))])
    }

    /// A claim that was written and whose answer was lost: left alone, the Lease would keep everybody waiting until it ran out.
    @Test func aClaimWithoutAnAnswerIsLookedAfterBeforeTheEnd() {
        var elector = Elector(identity: "me", seed: 1)
        let wall = Timestamp(seconds: 0)
        _ = elector.step(.start, now: .zero, wall: wall)
        _ = elector.step(.read(.absent), now: .zero, wall: wall)
        _ = elector.step(.written(.failed), now: .zero, wall: wall)
        #expect(elector.step(.stop, now: .milliseconds(10), wall: wall).first == .get)
        // A server that refuses at once is asked again, but not as fast as it refuses.
        let refused = elector.step(.read(.failed), now: .milliseconds(11), wall: wall)
        #expect(refused == [.wait(until: .milliseconds(111))])
        #expect(elector.step(.woken, now: .milliseconds(111), wall: wall).first == .get)
        let mine = LeaseRecord(spec: LeaseSpec(holderIdentity: "me", leaseDurationSeconds: 15), version: "5")
        let effects = elector.step(.read(.present(mine)), now: .milliseconds(112), wall: wall)
        guard case .update(let spec, version: "5")? = effects.first else {
            Issue.record("\(effects)")
            return
        }
        #expect(spec.holderIdentity?.isEmpty ?? true)
    }

    struct Meddling: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout ElectionWorld) -> Void
        /// Whether the leader must lose its term.
        var isLost: Bool
    }

    static let meddlings = [
        Meddling(testDescription: "deleted", change: { $0.delete() }, isLost: false),
        Meddling(
            testDescription: "given to a stranger", change: { $0.edit { $0.holderIdentity = "stranger" } },
            isLost: true),
        Meddling(testDescription: "given to nobody", change: { $0.edit { $0.holderIdentity = nil } }, isLost: false),
        Meddling(testDescription: "cut short", change: { $0.edit { $0.leaseDurationSeconds = 1 } }, isLost: false),
        Meddling(testDescription: "made endless", change: { $0.edit { $0.leaseDurationSeconds = 900 } }, isLost: false),
        Meddling(
            testDescription: "renewed long ago", change: { $0.edit { $0.renewTime = Timestamp(seconds: -9_999) } },
            isLost: false),
        Meddling(testDescription: "counted wrong", change: { $0.edit { $0.leaseTransitions = -5 } }, isLost: false),
    ]

    /// F31: the Lease is deleted or edited by a third party at any moment.
    @Test(arguments: meddlings, UInt64(1)...10) func meddlingNeverMakesTwoLeaders(_ meddling: Meddling, seed: UInt64)
        throws
    {
        var (world, leader, _) = try Self.led(by: 3, seed: seed)
        world.run(for: .milliseconds(Int64(seed) * 210))
        meddling.change(&world)
        world.run(for: .seconds(1))
        if meddling.isLost { #expect(world.writers.isEmpty) }
        world.run(for: .seconds(50))
        #expect(world.violations.isEmpty && world.writers.count == 1)
        #expect(world.lease?.spec.leaseDurationSeconds == 15)
        let isLost = !world.agents[leader].losses.isEmpty
        #expect(isLost == meddling.isLost)
    }

    /// F32: offsets mean nothing, and rates nothing within lease : deadline.
    @Test(arguments: [(0.82, 1.2), (1.2, 0.82), (1.0, 1.45), (0.7, 1.0), (1.0, 0.7)], UInt64(1)...10)
    func wrongClocksDoNotMakeTwoLeaders(rates: (Double, Double), seed: UInt64) {
        var world = ElectionWorld(seed: seed)
        world.start(rate: rates.0, offset: .seconds(-3_600))
        world.start(rate: rates.1, offset: .seconds(3_600))
        for round in 0..<6 {
            world.run(for: .seconds(20 + Int64(seed)))
            guard let leader = world.leader else { continue }
            if round.isMultiple(of: 2) {
                world.freeze(leader, for: .seconds(30))
            } else {
                world.breakWatch(1 - leader, for: .seconds(40))
            }
        }
        world.run(for: .seconds(60))
        #expect(world.violations.isEmpty && world.writers.count == 1)
    }

    /// Lost requests, lost replies, refusals, broken watches, kills and stops, all at once.
    @Test(arguments: UInt64(1)...200) func whateverHappensOneWritesAndSomebodyLeadsInTheEnd(seed: UInt64) {
        var world = ElectionWorld(seed: seed)
        for _ in 0..<3 { world.start(rate: 0.9 + Double(seed % 5) * 0.05) }
        world.weather = ElectionWorld.Weather(
            latency: 1...400, lostRequests: 8, lostReplies: 8, brokenWatches: 5, refusals: 8)
        for _ in 0..<12 {
            world.run(for: .seconds(8))
            guard let leader = world.leader else { continue }
            if world.chance(25) { world.freeze(leader, for: .seconds(17)) }
            if world.chance(15) {
                world.kill(leader)
                world.start()
            }
            if world.chance(15) {
                world.terminate(leader)
                world.start()
            }
            if world.chance(10) { world.edit { $0.holderIdentity = "stranger" } }
        }
        #expect(world.violations.isEmpty)
        world.weather = ElectionWorld.Weather()
        world.run(for: .seconds(60))
        #expect(world.writers.count == 1)
        #expect(world.violations.isEmpty)
    }

    @Test(arguments: [
        (Duration.seconds(15), Duration.seconds(15), Duration.seconds(2)), (.seconds(15), .seconds(2), .seconds(2)),
        (.milliseconds(1_500), .seconds(1), .milliseconds(100)), (.seconds(15), .seconds(10), .zero),
    ])
    func unsoundTimesAreRefused(duration: Duration, deadline: Duration, retry: Duration) {
        #expect(throws: LeaseTimings.Unsound.self) {
            try LeaseTimings(duration: duration, renewDeadline: deadline, retryPeriod: retry)
        }
    }
}
