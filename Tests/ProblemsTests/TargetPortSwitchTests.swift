import JSON
import KubernetesModel
import Problems
import Testing

struct TargetPortSwitchTests {
    private static func service(_ ports: [(Int, IntOrString?)]) -> Service {
        var service = Service(metadata: ObjectMeta(name: "store"))
        service.metadata.uid = "u1"
        service.spec.ports = ports.map { ServicePort(port: $0.0, targetPort: $0.1) }
        return service
    }

    @Test func everyChangeIsTestedFirst() throws {
        let service = Self.service([(80, .int(8080)), (81, .int(8080)), (82, .int(1))])
        let step = TargetPortSwitch.step(service, ports: [80, 81], from: 8080, to: 9999)
        guard case .patch(let operations) = step else {
            Issue.record("\(step) is no patch")
            return
        }
        #expect(operations.first == .test(path: "/metadata/uid", "u1"))
        for case .replace(let path, _) in operations {
            #expect(operations.contains(.test(path: path, 8080)))
        }
        let patched = try JSONPatch(operations).apply(to: service.jsonValue())
        #expect(
            try Service(jsonValue: patched).spec.ports.map(\.targetPort) == [.int(9999), .int(9999), .int(1)])
    }

    @Test func doneIsDone() {
        let service = Self.service([(80, .int(9999))])
        #expect(TargetPortSwitch.step(service, ports: [80], from: 8080, to: 9999) == .alreadyDone)
    }

    /// A crash between two patches of one Service cannot happen, but half of a change by hand can.
    @Test func theOtherHalfIsDone() {
        let service = Self.service([(80, .int(9999)), (81, .int(8080))])
        guard case .patch(let operations) = TargetPortSwitch.step(service, ports: [80, 81], from: 8080, to: 9999) else {
            Issue.record("nothing is left to do")
            return
        }
        #expect(operations.filter { if case .replace = $0 { true } else { false } }.count == 1)
    }

    @Test func elsewhereIsElsewhere() {
        for ports: [(Int, IntOrString?)] in [[(80, .int(7))], [(80, .string("http"))], [(79, .int(8080))], []] {
            guard case .elsewhere = TargetPortSwitch.step(Self.service(ports), ports: [80], from: 8080, to: 9999) else {
                Issue.record("\(ports) was taken for the fault")
                continue
            }
        }
    }

    @Test func theUndoSurvivesItsText() throws {
        let undo = FaultUndo(kind: "K", service: "store", uid: "u1", ports: [80], from: 8080, to: 9999)
        #expect(try FaultUndo(encoded: undo.encoded) == undo)
        #expect(throws: ProblemError.self) { try FaultUndo(encoded: "{\"kind\":\"K\"}") }
    }
}
