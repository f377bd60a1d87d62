import JSON

extension AIOpsTask.Spec {
    /// What is fixed once the task has started, as paths below `spec`.
    ///
    /// Everything but suspend, cancel, priority and the two times to keep things.
    package static let immutablePaths: [[String]] = [
        ["problem"], ["query"], ["workflow"], ["dispatch"], ["agent"],
        ["environment", "type"], ["environment", "existing"], ["environment", "kind"],
        ["environment", "podSecurity"], ["environment", "requireNetworkIsolation"],
        ["limits"], ["poolRef"], ["retry"], ["approval"], ["successPolicy"], ["cache"], ["callback"], ["seed"],
        ["conversation"],
    ]

    /// What a started task may not take over from `edited`.
    ///
    /// Both with today's defaults: a default that a newer version has brought is nobody's edit.
    package func lateChanges(to edited: AIOpsTask.Spec) -> [SpecProblem] {
        guard self != edited else { return [] }
        let schema = Self.schema
        let old = schema.defaulted(jsonValue())
        let new = schema.defaulted(edited.jsonValue())
        return Self.immutablePaths.filter { old.member(at: $0) != new.member(at: $0) }.map { path in
            let rule = Rule.immutable(path)
            return SpecProblem(path: rule.field ?? "spec", reason: .immutable, message: rule.message)
        }
    }

    func overlaid(withMutableFieldsOf edited: AIOpsTask.Spec) -> AIOpsTask.Spec {
        var result = self
        result.suspend = edited.suspend
        result.cancel = edited.cancel
        result.priority = edited.priority
        result.ttlSecondsAfterFinished = edited.ttlSecondsAfterFinished
        if result.environment != nil || edited.environment?.retention != nil {
            var environment = result.environment ?? AIOpsTask.Environment()
            environment.retention = edited.environment?.retention
            result.environment = environment
        }
        return result
    }
}

extension Rule {
    /// The field at `path` below `spec` may not change once the task has started.
    ///
    /// Carried by the whole object, since only there a rule sees both spec and status.
    static func immutable(_ path: [String]) -> Rule {
        let field = (["spec"] + path).joined(separator: ".")
        let (new, old) = (presence(of: path, in: "self"), presence(of: path, in: "oldSelf"))
        return Rule(
            cel: """
                !has(oldSelf.status) || !has(oldSelf.status.startedAt) || \
                (\(new) ? \(old) && self.\(field) == oldSelf.\(field) : !(\(old)))
                """,
            message: "\(field) is fixed once the task has started: put the old value back, or make a new task",
            field: field)
    }

    private static func presence(of path: [String], in root: String) -> String {
        path.indices.map { "has(\(root).spec.\(path.prefix($0 + 1).joined(separator: ".")))" }
            .joined(separator: " && ")
    }

    /// Carried by a spec that its writer never changes.
    static let writtenOnce = Rule(
        cel: "self == oldSelf", message: "the spec of a conversation is written once by the operator", field: nil)
}

extension JSONValue {
    fileprivate func member(at path: [String]) -> JSONValue? {
        var value: JSONValue? = self
        for key in path { value = value?[key] }
        return value
    }
}
