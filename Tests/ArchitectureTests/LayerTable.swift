/// The layer table of the design: each target with the targets it may import by name.
///
/// What those may import in turn is allowed as well.
enum LayerTable {
    static let mayImport: [String: Set<String>] = [
        "CCurl": [], "CYAML": [], "CMicroHTTPD": [], "CCrypto": [], "CZlib": [], "CLinux": [],

        "Primitives": ["CLinux", "CCrypto", "CZlib"],
        "JSON": ["Primitives"],
        "Telemetry": ["JSON", "Primitives"],
        "Lifecycle": ["Telemetry", "CLinux"],
        "CommandLineInterface": [],

        "HTTP": ["Lifecycle"],
        "CurlTransport": ["HTTP", "Lifecycle", "Telemetry", "CCurl", "CLinux"],
        "HTTPServer": ["HTTP", "Lifecycle", "Telemetry", "CMicroHTTPD"],
        "Processes": ["Lifecycle", "CLinux"],
        "YAML": ["JSON", "CYAML"],

        "KubernetesModel": ["JSON"],
        "KubernetesClient": ["KubernetesModel", "HTTP", "YAML", "Processes", "Telemetry"],
        "ControllerRuntime": ["KubernetesClient", "Lifecycle", "Telemetry"],

        "AIOpsAPI": ["KubernetesModel"],
        "LanguageModels": ["HTTP", "JSON", "Lifecycle", "Telemetry"],
        "Scheduling": ["Lifecycle"],
        "Conversations": ["JSON", "Primitives"],
        "Agent": ["LanguageModels", "Conversations", "Lifecycle", "Telemetry"],
        "Environments": ["KubernetesClient", "AIOpsAPI", "YAML", "Processes"],
        "Problems": ["Environments"],
        "AgentTools": ["Agent", "KubernetesClient", "Environments", "HTTP"],

        "Controllers": ["ControllerRuntime", "AgentTools", "Problems", "Scheduling"],
        "Commands": ["CommandLineInterface", "Controllers"],

        "aiops-operator": ["Commands", "CurlTransport", "HTTPServer"],
        "crdgen": ["Commands"],

        "LifecycleTesting": ["Lifecycle"],
        "HTTPTesting": ["HTTP"],
        "SchedulingTesting": ["Lifecycle"],
        "KubernetesTesting": ["KubernetesClient"],
        "ConformanceTesting": ["AIOpsAPI", "KubernetesTesting", "LifecycleTesting"],
        "LanguageModelTesting": ["LanguageModels", "HTTPTesting"],
        "ModelFuzzing": ["Agent"],
        "fuzz-models": ["ModelFuzzing"],
        "EnvironmentsTesting": ["Environments"],
        "BenchTesting": [],
        "AgentBench": ["Agent", "BenchTesting"],
        "LoopBench": ["Controllers", "CurlTransport", "KubernetesTesting", "LanguageModelTesting"],
        "RuntimeTwin": ["ControllerRuntime", "CurlTransport"],
        "SimulationTesting": ["Controllers", "KubernetesTesting", "LanguageModelTesting", "LifecycleTesting"],
        "simulate": ["SimulationTesting"],
        "RuntimeBench": ["ControllerRuntime", "AIOpsAPI", "BenchTesting"],
        "TransportBench": ["CurlTransport"],
        "ClusterTesting": ["CurlTransport", "HTTPServer", "Environments", "Conversations"],
        "FaultTesting": ["ClusterTesting"],
    ]

    /// Modules of the toolchain, with the targets that may import them (`nil`: every one).
    static let system: [String: Set<String>?] = [
        "Glibc": nil,
        // Traits that several test targets share.
        "Testing": ["ClusterTesting", "FaultTesting", "SchedulingTesting"],
        "Synchronization": ["Primitives", "CurlTransport"],
        // Dates and URLs, from layer 3 up only. `Foundation` itself is absent on purpose: its ICU
        // costs 40-50 MB of image.
        "FoundationEssentials": [
            "KubernetesModel", "KubernetesClient", "ControllerRuntime", "AIOpsAPI", "LanguageModels", "Scheduling",
            "Conversations", "Agent", "Environments", "Problems", "AgentTools", "Controllers", "Commands",
        ],
    ]

    static func reachable(from target: String) -> Set<String> {
        var reached: Set<String> = []
        var frontier = Array(mayImport[target] ?? [])
        while let next = frontier.popLast() {
            guard reached.insert(next).inserted else { continue }
            frontier.append(contentsOf: mayImport[next] ?? [])
        }
        return reached
    }
}
