extension Scenario {
    /// Every scenario there is.
    package static let all: [Scenario] = [
        .lifecycle, .unconditionalUpdate, .patches, .strategicPatch, .apply, .applyToStatus, .status, .scale,
        .lists, .selectors, .pagesOfAll, .deletion, .deleteCollection, .finalizers, .background, .foreground, .orphans,
        .watch, .watchWithSelector, .watchFromNowhere, .streamingList, .bookmark, .tooOld, .dryRun, .fieldValidation,
        .generateName, .names, .labelsAndFinalizers, .invalidTask, .invalidPool, .invalidConfigMap, .immutable,
        .wrongKind, .namespaceDeletion, .missingNamespace, .discovery,
    ]
}

extension [Subject] {
    /// A kind of Kubernetes' own and one of ours.
    static let both: [Subject] = [.configMap, .task]
    static let ours: [Subject] = [.task, .pool]
}
