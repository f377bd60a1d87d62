import Environments
import JSON
import KubernetesModel
import Testing

/// The policies of both namespaces, rule by rule: who may reach whom where they are enforced.
struct NetworkRulesTests {
    private let names: EnvironmentNames
    private let verdict: NetworkVerdict
    private let unknown: NetworkVerdict

    private var application: NetworkVerdict.End { .pod(namespace: names.application, labels: Self.labels("uid-1")) }
    private var sandbox: NetworkVerdict.End { .pod(namespace: names.sandbox, labels: Self.labels("uid-1")) }
    private let system = NetworkVerdict.End.pod(namespace: "kube-system", labels: [:])
    private let operators = NetworkVerdict.End.pod(namespace: "aiops-system", labels: [:])
    private let models = NetworkVerdict.End.pod(namespace: "models", labels: [:])

    private static func labels(_ uid: String) -> [String: String] { [EnvironmentNames.uidLabel: uid] }

    init() {
        func policies(_ apiServer: [APIServerAddress]) -> (EnvironmentPlan, NetworkVerdict) {
            let plan = EnvironmentPlan(
                EnvironmentRequest(taskUID: "uid-1", attempt: 1, taskType: .mitigation, apiServer: apiServer))
            let made = plan.objects.filter { $0.type.kind == "NetworkPolicy" }.map(\.object.value)
            return (plan, NetworkVerdict(policies: made))
        }
        let (plan, known) = policies([
            APIServerAddress(address: "10.96.0.1", port: 443), APIServerAddress(address: "203.0.113.7", port: 6443),
            APIServerAddress(address: "fd12::1", port: 443),
        ])
        (names, verdict, unknown) = (plan.names, known, policies([]).1)
    }

    @Test func theApplicationReachesItselfAndNamesAndNothingElse() throws {
        for port in [80, 8080, 9090, 4317] { #expect(try verdict.mayReach(application, application, port)) }
        for transport in ["UDP", "TCP"] {
            #expect(try verdict.mayReach(application, system, 53, transport))
            // The resolver of a node answers on a link-local address, that of a host on its own.
            #expect(try verdict.mayReach(application, .address("169.254.20.10"), 53, transport))
            #expect(try verdict.mayReach(application, .address("10.0.0.2"), 53, transport))
        }
        for end in [operators, models, system, sandbox] {
            for port in [80, 443, 8080, 11434] { #expect(try !verdict.mayReach(application, end, port)) }
        }
        for address in ["10.96.0.1", "203.0.113.7", "8.8.8.8", "169.254.169.254", "10.1.2.3"] {
            for port in [80, 443, 6443] { #expect(try !verdict.mayReach(application, .address(address), port)) }
        }
    }

    @Test func theSandboxReachesTheApplicationNamesAndTheServerAndNothingElse() throws {
        for port in [80, 8080, 5432] { #expect(try verdict.mayReach(sandbox, application, port)) }
        #expect(try verdict.mayReach(sandbox, system, 53, "UDP"))
        #expect(try verdict.mayReach(sandbox, .address("10.96.0.1"), 443))
        #expect(try verdict.mayReach(sandbox, .address("203.0.113.7"), 6443))
        #expect(try verdict.mayReach(sandbox, .address("fd12::1"), 443))
        // Not another port of it, nor a neighbour of it.
        #expect(try !verdict.mayReach(sandbox, .address("10.96.0.1"), 10250))
        #expect(try !verdict.mayReach(sandbox, .address("203.0.113.7"), 443))
        #expect(try !verdict.mayReach(sandbox, .address("10.96.0.2"), 443))
        // A model server in the cluster, a vendor's, the operator's metrics and its gateway, a kubelet.
        for port in [80, 443, 8080, 8443, 11434] {
            for end in [models, operators, system] { #expect(try !verdict.mayReach(sandbox, end, port)) }
            for address in ["104.18.6.192", "2606:4700::6812:7c0", "10.1.2.3", "192.168.0.10"] {
                #expect(try !verdict.mayReach(sandbox, .address(address), port))
            }
        }
    }

    /// Where clouds hand out the keys of a node.
    @Test(arguments: ["169.254.169.254", "fd00:ec2::254"])
    func nobodyReachesTheMetadataOfTheCloud(address: String) throws {
        for policies in [verdict, unknown] {
            for end in [application, sandbox] {
                for (port, transport) in [(80, "TCP"), (443, "TCP"), (53, "TCP"), (53, "UDP"), (6443, "TCP")] {
                    #expect(try !policies.mayReach(end, .address(address), port, transport), "\(port)")
                }
            }
        }
    }

    /// Models are served under public names; a server of Kubernetes has a private address within its cluster.
    @Test func withoutKnownAddressesTheInternetStaysClosed() throws {
        for address in ["10.96.0.1", "172.20.0.1", "192.168.1.1", "100.64.0.1", "fd12::1"] {
            #expect(try unknown.mayReach(sandbox, .address(address), 443))
        }
        for address in ["104.18.6.192", "8.8.8.8", "172.32.0.1", "2606:4700::6812:7c0", "169.254.1.1", "fe80::1"] {
            for port in [443, 6443] { #expect(try !unknown.mayReach(sandbox, .address(address), port)) }
        }
        for end in [operators, models] { #expect(try !unknown.mayReach(sandbox, end, 443)) }
    }

    @Test func nothingReachesTheSandboxAndOnlyTheTaskItsApplication() throws {
        let stranger = NetworkVerdict.End.pod(namespace: "env-other", labels: Self.labels("uid-2"))
        for end in [application, operators, system, stranger, models] {
            for port in [22, 80, 8080] { #expect(try !verdict.mayReach(end, sandbox, port)) }
        }
        #expect(try !verdict.mayReach(.address("10.0.0.9"), sandbox, 80))
        for end in [operators, system, stranger, models] {
            #expect(try !verdict.mayReach(end, application, 80))
        }
    }

    /// Two tasks of the same problem: neither reaches the other in any way.
    @Test func tasksSideBySideDoNotMeet() throws {
        func plan(_ uid: String) -> EnvironmentPlan {
            EnvironmentPlan(EnvironmentRequest(taskUID: uid, attempt: 1, taskType: .mitigation))
        }
        let (one, two) = (plan("uid-1"), plan("uid-2"))
        #expect(Set(one.objects.map(\.key)).isDisjoint(with: two.objects.map(\.key)))
        let both = NetworkVerdict(
            policies: (one.objects + two.objects).filter { $0.type.kind == "NetworkPolicy" }.map(\.object.value))
        for from in one.names.all {
            for to in two.names.all {
                let start = NetworkVerdict.End.pod(namespace: from, labels: Self.labels("uid-1"))
                let end = NetworkVerdict.End.pod(namespace: to, labels: Self.labels("uid-2"))
                for port in [80, 443, 8080] {
                    #expect(try !both.mayReach(start, end, port))
                    #expect(try !both.mayReach(end, start, port))
                }
            }
        }
        // Nor do their rights: each Role is bound to the account of its own sandbox.
        for plan in [one, two] {
            for binding in plan.objects where binding.type.kind == "RoleBinding" {
                #expect(binding.key.namespace == plan.names.application)
                #expect(binding.object.value["subjects"]?[0]?["namespace"]?.stringValue == plan.names.sandbox)
            }
        }
    }
}
