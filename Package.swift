// swift-tools-version: 6.2
import PackageDescription

// One list of settings for everything: language mode 6, warnings are errors, and the upcoming
// features that make isolation and imports explicit. Arrows between targets point down only;
// `Tests/ArchitectureTests` holds the table this file must agree with.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    // The operator waits for others most of its life: smaller code is less resident memory (24 instead of 25 MiB at rest).
    .unsafeFlags(["-Osize", "-Xfrontend", "-function-sections"], .when(configuration: .release)),
]

/// For what runs for every byte or every request.
let fast: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .release))]

func library(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [], settings: [SwiftSetting] = []
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: house + settings)
}

func support(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Tests/Support/\(name)", swiftSettings: house)
}

func program(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path, swiftSettings: house,
        // A static standard library exports every symbol for plug-ins we have none of: 1.1 MB of names. Relative
        // relocations in their packed form are 0.7 MB that need not be read at the start; only lld writes them.
        linkerSettings: [
            .unsafeFlags(
                [
                    "-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xlinker", "--icf=safe", "-Xlinker",
                    "-zpack-relative-relocs",
                ], .when(configuration: .release))
        ])
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: house)
}

let package = Package(
    name: "aiops-operator",
    products: [
        .executable(name: "aiops-operator", targets: ["aiops-operator"]),
        .executable(name: "crdgen", targets: ["crdgen"]),
    ],
    targets: [
        // Layer 0: C
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLinux"),

        // Layer 1: base
        library("Primitives", ["CLinux", "CCrypto", "CZlib"]),
        // Reads what models and clusters send, so unsafe constructs are errors here.
        // The one place where speed counts for every byte that comes in.
        library(
            "JSON", ["Primitives"],
            settings: [.strictMemorySafety(), .unsafeFlags(["-O"], .when(configuration: .release))]),
        library("Telemetry", ["JSON", "Primitives"]),
        library("Lifecycle", ["Telemetry", "Primitives", "CLinux"]),
        library("CommandLineInterface", []),

        // Layer 2: edge
        // Each request goes through these two many times over; built for size they need a tenth more processor time.
        library("HTTP", ["Lifecycle", "Telemetry", "Primitives"], settings: fast),
        library(
            "CurlTransport", ["HTTP", "Lifecycle", "Telemetry", "Primitives", "CCurl", "CLinux"], settings: fast),
        library("HTTPServer", ["HTTP", "Lifecycle", "Telemetry", "Primitives", "CMicroHTTPD", "CLinux"]),
        library("Processes", ["Lifecycle", "Primitives", "CLinux"]),
        library("YAML", ["JSON", "Primitives", "CYAML"]),

        // Layer 3: Kubernetes
        library("KubernetesModel", ["JSON", "Primitives"]),
        library(
            "KubernetesClient",
            ["KubernetesModel", "HTTP", "YAML", "Processes", "JSON", "Lifecycle", "Telemetry", "Primitives"]),
        library(
            "ControllerRuntime",
            ["KubernetesClient", "KubernetesModel", "HTTP", "JSON", "Lifecycle", "Telemetry", "Primitives"]),

        // Layer 4: domain
        library("AIOpsAPI", ["KubernetesModel", "JSON", "Primitives"]),
        library("LanguageModels", ["HTTP", "JSON", "Lifecycle", "Telemetry", "Primitives"]),
        library("Scheduling", ["Lifecycle", "Primitives"]),
        library("Conversations", ["JSON", "Primitives"]),
        library(
            "Agent", ["LanguageModels", "Conversations", "JSON", "Lifecycle", "Telemetry", "Primitives"]),
        library(
            "Environments",
            [
                "KubernetesClient", "KubernetesModel", "AIOpsAPI", "YAML", "Processes", "JSON", "HTTP", "Lifecycle",
                "Telemetry", "Primitives",
            ]),
        library(
            "Problems",
            [
                "Environments", "KubernetesClient", "KubernetesModel", "AIOpsAPI", "YAML", "JSON", "HTTP", "Lifecycle",
                "Telemetry", "Primitives",
            ],
            resources: [.embedInCode("Catalogue")]),
        library(
            "AgentTools",
            [
                "Agent", "LanguageModels", "KubernetesClient", "KubernetesModel", "Environments", "HTTP", "JSON",
                "Lifecycle", "Primitives",
            ]),

        // Layer 5: application
        library(
            "Controllers",
            [
                "ControllerRuntime", "KubernetesClient", "KubernetesModel", "AIOpsAPI", "LanguageModels", "Scheduling",
                "Conversations", "Agent", "AgentTools", "Environments", "Problems", "HTTP", "JSON", "YAML", "Lifecycle",
                "Telemetry", "Primitives",
            ]),
        library(
            "Commands",
            [
                "CommandLineInterface", "Controllers", "ControllerRuntime", "Conversations", "KubernetesClient",
                "KubernetesModel", "AIOpsAPI", "Environments", "Problems", "Processes", "HTTP", "JSON", "YAML",
                "Lifecycle",
                "Telemetry", "Primitives",
            ]),

        // Layer 6: programs
        program(
            "aiops-operator",
            ["Commands", "CurlTransport", "HTTPServer", "CommandLineInterface", "HTTP", "Lifecycle", "Telemetry"]),
        program("crdgen", ["AIOpsAPI", "JSON", "YAML"]),

        // Test support: shipped in no product
        support("LifecycleTesting", ["Lifecycle", "Telemetry", "Primitives"]),
        support("HTTPTesting", ["HTTP", "Lifecycle", "Primitives"]),
        support("SchedulingTesting", ["Lifecycle"]),
        support("KubernetesTesting", ["KubernetesClient", "KubernetesModel", "HTTP", "JSON", "Primitives"]),
        // What API servers are asked, and how what they answer is compared; see docs/testing.md.
        support(
            "ConformanceTesting",
            [
                "AIOpsAPI", "KubernetesClient", "KubernetesModel", "KubernetesTesting", "LifecycleTesting", "HTTP",
                "JSON", "Telemetry", "Primitives",
            ]),
        support("LanguageModelTesting", ["LanguageModels", "HTTPTesting", "JSON", "Primitives"]),
        support("ModelFuzzing", ["Agent", "LanguageModels", "HTTP", "Primitives"]),
        // A million inputs for what reads models; no product, so nothing of it is shipped.
        program("fuzz-models", ["ModelFuzzing"], path: "Tests/Support/fuzz-models"),
        support(
            "SimulationTesting",
            [
                "Controllers", "ControllerRuntime", "AIOpsAPI", "Problems", "Environments", "Conversations",
                "KubernetesClient",
                "KubernetesModel", "KubernetesTesting", "LanguageModelTesting", "LifecycleTesting", "HTTP", "JSON",
                "Telemetry", "Primitives",
            ]),
        // Runs many schedules of the simulation, or one again; no product, so nothing of it is shipped.
        program("simulate", ["SimulationTesting"], path: "Tests/Support/simulate"),
        support(
            "ClusterTesting",
            [
                "AIOpsAPI", "Conversations", "CurlTransport", "Environments", "HTTP", "HTTPServer", "JSON",
                "KubernetesClient", "KubernetesModel", "Lifecycle", "Telemetry", "Primitives",
            ]),
        support("EnvironmentsTesting", ["Environments", "Processes", "Primitives"]),
        // What the programs below that measure have in common.
        support("BenchTesting", []),
        // Measures the runtime; run by scripts/bench.py or by hand, shipped in no product.
        program(
            "RuntimeBench",
            [
                "AIOpsAPI", "BenchTesting", "ControllerRuntime", "KubernetesClient", "KubernetesModel", "HTTP", "JSON",
                "Lifecycle",
                "Telemetry", "Primitives",
            ], path: "Tests/Support/RuntimeBench"),

        // Many conversations at once in one process; run by scripts/bench.py, shipped in no product.
        program(
            "AgentBench", ["Agent", "BenchTesting", "LanguageModels", "Conversations", "HTTP", "JSON", "Primitives"],
            path: "Tests/Support/AgentBench"),

        // Measures the loop of an agent and the record it keeps; run by scripts/bench.py, shipped in no product.
        program(
            "LoopBench",
            [
                "Agent", "AIOpsAPI", "Controllers", "Conversations", "CurlTransport", "HTTP", "JSON",
                "KubernetesClient",
                "KubernetesModel", "KubernetesTesting", "LanguageModels", "LanguageModelTesting", "Lifecycle",
                "Telemetry", "Primitives",
            ], path: "Tests/Support/LoopBench"),

        // The runtime under the same work as the controllers it is compared with: see scripts/bench.py.
        program(
            "RuntimeTwin",
            [
                "ControllerRuntime", "CurlTransport", "KubernetesClient", "KubernetesModel", "JSON", "Lifecycle",
                "Telemetry", "Primitives",
            ], path: "Tests/Support/RuntimeTwin"),

        support(
            "FaultTesting",
            [
                "AIOpsAPI", "ClusterTesting", "Conversations", "CurlTransport", "Environments", "HTTP", "JSON",
                "KubernetesClient", "KubernetesModel", "Lifecycle", "Telemetry", "Primitives", "YAML",
            ]),

        // What the transport costs, beside libcurl alone; see scripts/measure/transport.py.
        program(
            "TransportBench", ["CurlTransport", "HTTP", "Lifecycle", "Telemetry", "Primitives"],
            path: "Tests/Support/TransportBench"),

        // Tests of the edge
        tests("TelemetryTests", ["Telemetry", "LifecycleTesting", "JSON", "Primitives"]),
        tests("LifecycleTests", ["Lifecycle", "LifecycleTesting", "SchedulingTesting", "Telemetry", "Primitives"]),
        tests("HTTPTests", ["HTTP", "HTTPTesting", "Telemetry", "Primitives"]),
        tests("HTTPServerTests", ["HTTPServer", "CurlTransport", "HTTP", "Lifecycle", "Telemetry", "Primitives"]),

        // Tests
        tests("ArchitectureTests", []),
        tests(
            "AIOpsAPITests",
            [
                "AIOpsAPI", "CurlTransport", "KubernetesClient", "KubernetesModel", "Telemetry", "YAML", "JSON",
                "Primitives",
            ]),
        tests(
            "CurlTransportTests",
            [
                "CurlTransport", "HTTP", "HTTPTesting", "Lifecycle", "LifecycleTesting", "SchedulingTesting",
                "Telemetry", "Primitives", "CLinux",
                "CCurl",
            ],
            exclude: ["Fixtures"]),
        tests(
            "ControllersTests",
            [
                "Agent", "Controllers", "ControllerRuntime", "AIOpsAPI", "Problems", "Environments", "Scheduling",
                "Conversations", "KubernetesClient", "KubernetesModel", "KubernetesTesting", "LanguageModels",
                "LanguageModelTesting", "SchedulingTesting", "LifecycleTesting", "SimulationTesting", "ClusterTesting",
                "HTTPTesting",
                "EnvironmentsTesting", "Processes", "HTTP",
                "JSON", "YAML", "Telemetry", "Primitives",
            ]),
        tests(
            "SimulationTests",
            ["SimulationTesting", "AIOpsAPI", "KubernetesModel", "KubernetesTesting", "LifecycleTesting", "Primitives"]),
        tests("ConversationsTests", ["Conversations", "JSON", "Primitives"]),
        tests(
            "LanguageModelsTests",
            [
                "Agent", "Conversations", "LanguageModels", "LanguageModelTesting", "ModelFuzzing", "CurlTransport",
                "HTTPTesting", "HTTP", "JSON",
                "Lifecycle", "Telemetry", "Primitives",
            ]),
        tests(
            "AgentTests",
            [
                "Agent", "LanguageModels", "LanguageModelTesting", "LifecycleTesting", "Conversations", "JSON",
                "Primitives",
            ]),
        tests("PrimitivesTests", ["Primitives"]),
        tests("JSONTests", ["JSON", "Primitives"]),
        tests("SchedulingTests", ["Scheduling", "Primitives"]),
        tests("YAMLTests", ["YAML", "JSON", "Primitives"]),
        tests("ProcessesTests", ["Processes", "LifecycleTesting", "Primitives"]),
        tests("CommandLineInterfaceTests", ["CommandLineInterface"]),
        tests(
            "ControllerRuntimeTests",
            [
                "ControllerRuntime", "KubernetesClient", "KubernetesModel", "HTTP", "HTTPTesting", "JSON", "Lifecycle",
                "KubernetesTesting", "SchedulingTesting", "LifecycleTesting", "Processes", "Telemetry", "Primitives",
            ]),
        tests("CommandsTests", ["Commands", "CommandLineInterface", "HTTP", "Lifecycle", "Primitives"]),
        // Against real clusters: AIOPS_TEST_KUBECONFIG and AIOPS_TEST_NODE_KUBECONFIG name their kubeconfigs.
        tests(
            "ClusterTests",
            [
                "ClusterTesting", "ConformanceTesting", "AIOpsAPI", "KubernetesClient", "KubernetesModel",
                "CurlTransport", "HTTP", "JSON", "Telemetry", "Primitives",
            ]),
        // The same cluster behind a proxy that breaks things; see docs/testing.md.
        tests(
            "FaultTests",
            [
                "FaultTesting", "ClusterTesting", "AIOpsAPI", "Conversations", "KubernetesClient", "KubernetesModel",
                "JSON", "Primitives",
            ]),
        // The oracles of those tests, which must be able to find something.
        tests("FaultTestingTests", ["FaultTesting", "AIOpsAPI", "KubernetesModel", "JSON"]),
        tests("KubernetesModelTests", ["KubernetesModel", "JSON", "Primitives"]),
        tests(
            "KubernetesClientTests",
            [
                "ConformanceTesting", "KubernetesClient", "KubernetesModel", "KubernetesTesting", "HTTPTesting",
                "Lifecycle", "SchedulingTesting", "LifecycleTesting", "HTTP", "JSON", "Processes", "Telemetry",
                "Primitives",
            ], exclude: ["Fixtures"]),
        tests(
            "EnvironmentsTests",
            [
                "Environments", "EnvironmentsTesting", "KubernetesClient", "KubernetesModel", "KubernetesTesting",
                "SchedulingTesting", "LifecycleTesting", "HTTP", "JSON", "Lifecycle", "Processes", "Telemetry",
                "Primitives",
            ]),
        tests(
            "ProblemsTests",
            [
                "Problems", "Environments", "KubernetesClient", "KubernetesModel", "KubernetesTesting",
                "LifecycleTesting", "HTTP", "JSON", "Telemetry", "Primitives",
            ]),
        tests(
            "AgentToolsTests",
            [
                "AgentTools", "Agent", "Environments", "KubernetesClient", "KubernetesModel", "KubernetesTesting",
                "LifecycleTesting", "HTTP", "JSON", "Telemetry", "Primitives",
            ]),
        // Needs a cluster with real pods; see NodeCluster.
        tests(
            "NodeTests",
            [
                "ClusterTesting", "AIOpsAPI", "Conversations", "Problems", "Environments", "AgentTools", "Agent",
                "CurlTransport", "KubernetesClient", "KubernetesModel", "HTTP", "JSON", "Telemetry", "Primitives",
            ], exclude: ["Fixtures"]),
        // Needs a cluster with real pods, and an engine for Kind clusters beside it; see KindEngine.
        tests(
            "KindTests",
            ["ClusterTesting", "AIOpsAPI", "Environments", "KubernetesClient", "KubernetesModel", "JSON", "Primitives"]),
    ]
)
