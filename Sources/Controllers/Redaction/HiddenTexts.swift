import AIOpsAPI
import KubernetesModel

/// Takes secrets out of what a status says in words.
///
/// Words come from everywhere: from what a user wrote into a spec, from a provider's error, from what an agent submitted. What
/// was there before went through here when it was written, so only what is new is looked at.
protocol HiddenTexts {
    mutating func hideSecrets(since old: Self, _ redact: (String) -> String)
}

extension AIOpsTask.Status: HiddenTexts {
    mutating func hideSecrets(since old: Self, _ redact: (String) -> String) {
        conditions.hideSecrets(since: old.conditions, redact)
        for index in attempts.indices where index >= old.attempts.count || attempts[index] != old.attempts[index] {
            attempts[index].message = attempts[index].message.map(redact)
        }
        guard var new = result, new != old.result else { return }
        new.submission = new.submission.map(redact)
        new.solution = new.solution.map(redact)
        new.message = new.message.map(redact)
        result = new
    }
}

extension WorkerPool.Status: HiddenTexts {
    mutating func hideSecrets(since old: Self, _ redact: (String) -> String) {
        conditions.hideSecrets(since: old.conditions, redact)
    }
}

extension [Condition] {
    fileprivate mutating func hideSecrets(since old: [Condition], _ redact: (String) -> String) {
        for index in indices where self[index].message != old.get(self[index].type)?.message {
            self[index].message = redact(self[index].message)
        }
    }
}
