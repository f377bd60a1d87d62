/// A place that people, agents or other programs read.
enum SecretSink: String, Sendable, CaseIterable {
    case log, event, taskStatus, poolStatus, conversationStatus
    /// ConfigMaps with messages while the conversation goes on, and when it is sealed.
    case flush, segment
    case diagnostics, metrics
    /// What the model is sent.
    case request
    case textExport, jsonExport, trainingExport, sessionExport, trajectoryExport
}
