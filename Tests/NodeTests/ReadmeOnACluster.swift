import AIOpsAPI
import ClusterTesting
import FoundationEssentials
import KubernetesClient
import KubernetesModel
import Testing

extension FirstRunAndModels {
    /// What the README tells to type about models, money and conversations, typed as it stands but for the namespaces.
    @Suite(.timeLimit(.minutes(10))) struct ReadmeOnACluster {
        private static let program = ".build/release/aiops-operator"

        @Test func theCommandsAboutModelsAndMoneyWork() async throws {
            let readme = URL(fileURLWithPath: "\(RepositoryRoot.path)/README.md")
            let page = DocumentedCommands(String(decoding: try Data(contentsOf: readme), as: UTF8.self))
            try await SharedOperator.withNamespace("readme", workers: 1) { cluster, namespace in
                try await cluster.apply(.detection, as: "detection", in: namespace)
                _ = try await cluster.awaitCleanedUp("detection", in: namespace)
                var typed = 0
                for heading in ["Read a conversation", "Use a model", "What a run has cost"] {
                    let section = try #require(page.section(heading))
                    for command in section.commands where command.hasPrefix("kubectl ") {
                        let here = command.replacing("--namespace aiops-system", with: "")
                        let said = try await cluster.kubectl.shell(here, in: namespace)
                        #expect(!said.isEmpty, "\(command)")
                        typed += 1
                    }
                }
                #expect(typed >= 7)
                let program = try OperatorProcess.builtProgram()
                for command in try #require(page.section("Read a conversation")).commands
                where command.hasPrefix(Self.program) {
                    let here = command.replacing(Self.program, with: "KUBECONFIG='\(cluster.kubeconfig)' '\(program)'")
                        .replacing("-n aiops-demo", with: "-n \(namespace)")
                    let said = try await cluster.kubectl.shell(here, in: namespace)
                    #expect(!said.isEmpty, "\(command)")
                    typed += 1
                }
                #expect(typed >= 9)
                let pool = try await cluster.client.get(
                    WorkerPool.self, ObjectKey(namespace: namespace, name: "default"))
                #expect(pool.spec.budget?.maxCost == "20")
                let usage = try await cluster.kubectl.shell(
                    "kubectl get aiopstask detection -o jsonpath='{.status.usage}'", in: namespace)
                #expect(usage.contains("inputTokens"))
            }
        }
    }
}
