/// What an agent is told about an application: the same words whether or not, and wherever, something is broken.
///
/// What it is asked to do comes from the prompt of its task type.
package enum ProblemBrief {
    package static func description(_ problem: Problem, namespace: String) -> String {
        let application = problem.application.definition
        let door = application.frontDoor
        return """
            \(problem.application.name) is \(application.summary).
            Its front door is the Service \(door.service), port \(door.port): \
            http://\(door.service).\(namespace)\(door.port == 80 ? "" : ":\(door.port)")/ answers 200 as long as the \
            whole application works.
            The Job \(application.workloadJob) in the same namespace calls the front door once a second and logs time, \
            status and milliseconds of every call.
            """
    }
}
