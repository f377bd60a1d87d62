package import CommandLineInterface
import Controllers
import Conversations
package import HTTP
import JSON
import KubernetesClient
package import Lifecycle
import Primitives
import Telemetry

import struct KubernetesModel.ObjectKey

/// `aiops-operator conversation`: takes a conversation out of the cluster, or proves that it is whole.
package struct ConversationCommand: Sendable {
    /// The edges of the process, which only a program may choose.
    package struct Wiring: Sendable {
        package var environment: [String: String]
        package var transport: any HTTPTransport & Service

        package init(environment: [String: String], transport: any HTTPTransport & Service) {
            self.environment = environment
            self.transport = transport
        }
    }

    /// What `verify` answers with besides 0.
    package enum ExitCode {
        package static let damaged: Int32 = 1
        package static let unfinished: Int32 = 2
    }

    private let wiring: Wiring
    private let console: any Console

    package init(_ wiring: Wiring, console: any Console = StandardConsole()) {
        self.wiring = wiring
        self.console = console
    }

    package var command: Command {
        Command(
            name: "conversation", summary: "Export the conversations of agents, or prove that they are whole",
            options: [
                .value("kubeconfig", "FILE", summary: "Kubeconfig of the cluster"),
                .value("context", "NAME", summary: "Context of the kubeconfig instead of its current one"),
                .value("namespace", short: "n", "NAME", summary: "Namespace; default: that of the context"),
            ],
            subcommands: [export, verify])
    }

    private static let name = Argument("name", summary: "The LLMConversation, as kubectl get llmc lists it")

    private var export: Command {
        Command(
            name: "export", summary: "Write a conversation to standard output",
            discussion: """
                Formats: text, to be read; json, everything as it is stored; training, one line of messages, tools and reward; \
                aiopslab, the session file of AIOpsLab; atif, the Agent Trajectory Interchange Format 1.7. A conversation that is \
                damaged is not exported unless --damaged says so, and then as far as it is whole.
                """,
            options: [
                .value(
                    "format", "FORMAT", summary: "How it is written", default: ExportFormat.text.rawValue,
                    choices: ExportFormat.allCases.map(\.rawValue)),
                .flag("damaged", summary: "Export what is whole of a damaged conversation"),
            ],
            arguments: [Self.name],
            run: { arguments in
                let stored = try await read(arguments)
                if let fault = stored.fault {
                    guard arguments.flag("damaged") else { throw Damaged(fault: fault) }
                    console.writeError("warning: \(fault); \(stored.messages.count) messages before it are exported\n")
                }
                let format = arguments.value("format").flatMap(ExportFormat.init(rawValue:)) ?? .text
                let bytes = ConversationExport(stored.messages, facts: stored.facts).bytes(as: format)
                console.write(String(decoding: bytes, as: UTF8.self))
                return 0
            })
    }

    private var verify: Command {
        Command(
            name: "verify", summary: "Prove that no message is missing or changed",
            discussion: """
                Reads every message, checks the chain of hashes from the first to the last, and that there are as many as were \
                sealed. Exit codes: 0 whole and sealed; 1 damaged, or it cannot be read; 2 whole as far as it goes, and not \
                sealed yet.
                """,
            options: [.flag("json", summary: "Say it as one line of JSON")],
            arguments: [Self.name],
            run: { arguments in
                let stored = try await read(arguments)
                console.write(arguments.flag("json") ? Self.json(stored) : Self.sentence(stored))
                if stored.fault != nil { return ExitCode.damaged }
                return stored.isComplete ? 0 : ExitCode.unfinished
            })
    }

    /// Why nothing is exported.
    struct Damaged: Error, CustomStringConvertible {
        var fault: ConversationFault
        var description: String { "the conversation is damaged: \(fault); --damaged exports what is whole of it" }
    }

    private static func sentence(_ stored: StoredConversation) -> String {
        if let fault = stored.fault { return "damaged: \(fault)\n" }
        let chain = stored.head.map { ", head \($0)" } ?? ""
        let standing = stored.isComplete ? "whole and sealed" : "whole so far, not sealed yet"
        return "\(standing): \(stored.messages.count) messages\(chain)\n"
    }

    private static func json(_ stored: StoredConversation) -> String {
        var answer: JSONObject = [
            "whole": .bool(stored.fault == nil), "sealed": .bool(stored.isComplete),
            "messages": .integer(Int64(stored.messages.count)),
        ]
        answer["head"] = stored.head.map { .string($0) }
        answer["fault"] = stored.fault.map { .string($0.description) }
        return JSONValue.object(answer).text + "\n"
    }

    private func read(_ arguments: ParsedArguments) async throws -> StoredConversation {
        let configuration = try ClientConfiguration.load(
            kubeconfigPath: arguments.value("kubeconfig"), context: arguments.value("context"),
            environment: wiring.environment)
        let key = ObjectKey(
            namespace: arguments.value("namespace") ?? configuration.defaultNamespace,
            name: arguments.argument("name") ?? "")
        let client = KubernetesClient(
            configuration: configuration, transport: wiring.transport, time: SystemTimeSource(), logger: .disabled)
        return try await ServiceGroup([wiring.transport], logger: .disabled).run {
            try await StoredConversation.read(key, client)
        }
    }
}
