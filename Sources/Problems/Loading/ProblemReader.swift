import Environments
import JSON

/// Reads a definition with settled parameters.
struct ProblemReader {
    private let root: DefinitionField

    private static let ports = 1...65535

    init(_ root: DefinitionField) { self.root = root }

    func problem(id: String, taskType: TaskType, revision: String) throws(ProblemError) -> Problem {
        let application = try application()
        let fault = try fault(services: application.services)
        let problem = Problem(
            id: id, taskType: taskType, application: application, fault: fault,
            truth: try truth(hasFault: fault != .none), oracle: try oracle(), limits: try limits(),
            allowance: try allowance(taskType), revision: revision)
        if taskType == .mitigation, fault == .none { throw root["fault"].wrong("a mitigation needs a fault") }
        return problem
    }

    private func application() throws(ProblemError) -> ApplicationSpec {
        let field = root["application"]
        try field.allow(["name", "port", "names"])
        _ = try field["name"].oneOf([ShopLite.name])
        // Below 1024 a process without rights cannot listen.
        let port = try field["port"].number(in: 1024...65535, otherwise: 8080)
        var names: [String: String] = [:]
        for (role, _) in try field["names"].object() {
            guard ShopLite.roles.contains(role) else {
                throw field["names"][role].wrong("the roles are \(ShopLite.roles.joined(separator: ", "))")
            }
            names[role] = try field["names"][role].text()
        }
        return .shopLite(ShopLite(port: port, names: names))
    }

    private func fault(services: [String]) throws(ProblemError) -> FaultSpec {
        let field = root["fault"]
        switch try field["kind"].oneOf(["None", "TargetPortMisconfiguration"]) {
        case "TargetPortMisconfiguration":
            try field.allow(["kind", "service", "from", "to"])
            let service = try field["service"].oneOf(services)
            let from = try field["from"].number(in: Self.ports)
            let to = try field["to"].number(in: Self.ports)
            guard from != to else { throw field["to"].wrong("is the right port") }
            return .targetPort(TargetPortMisconfiguration(service: service, from: from, to: to))
        default:
            try field.allow(["kind"])
            return .none
        }
    }

    private func truth(hasFault: Bool) throws(ProblemError) -> Truth {
        let field = root["truth"]
        try field.allow(["anomaly", "components", "systemLevel", "faultType"])
        let anomaly = try field["anomaly"].oneOf(["Yes", "No"]) == "Yes"
        guard anomaly == hasFault else {
            throw field["anomaly"].wrong(hasFault ? "is No, but there is a fault" : "is Yes, but there is no fault")
        }
        var components: [[String]] = []
        for item in try field["components"].items() {
            if item.value?.stringValue != nil {
                components.append([try item.text()])
            } else {
                var accepted: [String] = []
                for name in try item.items() { accepted.append(try name.text()) }
                guard !accepted.isEmpty else { throw item.wrong("names nothing") }
                components.append(accepted)
            }
        }
        guard components.isEmpty != hasFault else {
            throw field["components"].wrong(hasFault ? "must name what is faulty" : "names something, without a fault")
        }
        guard hasFault else { return Truth(anomaly: false) }
        return Truth(
            anomaly: true, components: components, systemLevel: try field["systemLevel"].oneOf(Truth.systemLevels),
            faultType: try field["faultType"].oneOf(Truth.faultTypes))
    }

    private func oracle() throws(ProblemError) -> OracleSettings {
        let field = root["oracle"]
        let standard = OracleSettings()
        try field.allow(["settleSeconds", "withinSeconds", "frontDoorRequests"])
        return OracleSettings(
            settleSeconds: try field["settleSeconds"].number(in: 0...600, otherwise: standard.settleSeconds),
            withinSeconds: try field["withinSeconds"].number(in: 1...3600, otherwise: standard.withinSeconds),
            frontDoorRequests: try field["frontDoorRequests"].number(
                in: 1...100, otherwise: standard.frontDoorRequests))
    }

    /// What the agent may leave different, where that is not what its task type allows.
    private func allowance(_ taskType: TaskType) throws(ProblemError) -> EffectAllowance? {
        let field = root["allows"]
        // Who only looks may change nothing, whatever a family allows those who mend.
        guard field.value != nil, taskType.mayWrite else { return nil }
        try field.allow(["create", "change", "delete"])
        return EffectAllowance(
            mayCreate: try places(field["create"]), mayChange: try places(field["change"]),
            mayDelete: try places(field["delete"]))
    }

    private func places(_ field: DefinitionField) throws(ProblemError) -> EffectAllowance.Places {
        var patterns: [String] = []
        for item in try field.items() {
            let pattern = try item.text()
            guard pattern.split(separator: "/", omittingEmptySubsequences: false).count == 2 else {
                throw item.wrong("is no Kind/name, in which * may stand for either")
            }
            patterns.append(pattern)
        }
        return EffectAllowance.Places(patterns)
    }

    private func limits() throws(ProblemError) -> ProblemLimits {
        let field = root["limits"]
        let standard = ProblemLimits()
        try field.allow(["maxSteps", "timeoutSeconds"])
        return ProblemLimits(
            maxSteps: try field["maxSteps"].number(in: 1...1000, otherwise: standard.maxSteps),
            timeoutSeconds: try field["timeoutSeconds"].number(in: 1...86400, otherwise: standard.timeoutSeconds))
    }
}
