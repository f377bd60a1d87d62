import JSON
import KubernetesModel
import Primitives
import Testing

@Suite struct BuiltInKindTests {
    private func decode<R: JSONDecodable>(_ type: R.Type, _ text: String) throws -> R { try R(json: Array(text.utf8)) }

    @Test func metadataDropsManagedFieldsAndKeepsTheRest() throws {
        let text = """
            {"name":"a","namespace":"n","uid":"u","resourceVersion":"12","generation":3,"selfLink":"/x",
            "creationTimestamp":"2026-11-20T09:01:50Z","deletionTimestamp":"2026-11-20T10:00:00Z",
            "labels":{"b":"2","a":"1"},"annotations":null,"finalizers":["f"],
            "ownerReferences":[{"apiVersion":"v1","kind":"K","name":"o","uid":"ou","controller":true}],
            "managedFields":[{"manager":"m","fieldsV1":{"f:spec":{}}}]}
            """
        let meta = try decode(ObjectMeta.self, text)
        #expect(meta.key == ObjectKey(namespace: "n", name: "a"))
        #expect(meta.isBeingDeleted)
        #expect(meta.controllerOwner?.uid == "ou")
        #expect(meta.creationTimestamp == Timestamp(rfc3339: "2026-11-20T09:01:50Z"))
        let written = meta.jsonValue()
        #expect(written["managedFields"] == nil)
        #expect(written["annotations"] == nil)
        #expect(try ObjectMeta(jsonValue: written) == meta)
    }

    @Test func aPodTellsWhatAilsIt() throws {
        let pod = try decode(
            Pod.self,
            """
            {"metadata":{"name":"p","namespace":"n"},"spec":{"nodeName":"node","containers":[{"name":"c","image":"i",
            "ports":[{"name":"http","containerPort":8080}],"resources":{"limits":{"cpu":"1"}}}],"volumes":[{}]},
            "status":{"phase":"Running","podIP":"10.0.0.1","conditions":[{"type":"Ready","status":"False",
            "lastProbeTime":null,"lastTransitionTime":"2026-11-20T09:01:50Z","reason":"ContainersNotReady"}],
            "containerStatuses":[{"name":"c","ready":false,"restartCount":4,"image":"i","imageID":"x",
            "state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off"}},
            "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","startedAt":null}}},
            {"name":"d","ready":true,"restartCount":1,"state":{},"lastState":{}}]}}
            """)
        #expect(!pod.isReady)
        #expect(pod.restartCount == 5)
        #expect(pod.spec.containers[0].ports == [ContainerPort(name: "http", containerPort: 8080)])
        let status = pod.status.containerStatuses[0]
        #expect(status.state == .waiting(reason: "CrashLoopBackOff", message: "back-off"))
        #expect(status.lastState == .terminated(reason: "OOMKilled", message: "", exitCode: 137, signal: nil))
        #expect(pod.status.containerStatuses[1].state == nil)
        #expect(try Pod(json: pod.jsonBytes()) == pod)
    }

    @Test func unknownValuesNeverBreakAKind() throws {
        let pod = try decode(Pod.self, #"{"metadata":{"name":"p"},"status":{"phase":"Dreaming"},"future":[{}]}"#)
        #expect(pod.status.phase == .unknown)
        let empty = try decode(Deployment.self, #"{"metadata":{},"spec":null,"status":{"conditions":null}}"#)
        #expect(empty.desiredReplicas == 1)
    }

    @Test(arguments: [
        (3, 2, 2, 2, true), (2, 2, 2, 2, false), (3, 1, 2, 2, false), (3, 2, 3, 2, false), (3, 2, 2, 1, false),
    ])
    func aRolloutIsDoneWhenAllOfItIsNew(
        _ observed: Int64, _ updated: Int, _ replicas: Int, _ available: Int, _ isDone: Bool
    ) {
        var deployment = Deployment(metadata: ObjectMeta(name: "d"), spec: DeploymentSpec(replicas: 2))
        deployment.metadata.generation = 3
        deployment.status = DeploymentStatus(
            observedGeneration: observed, replicas: replicas, updatedReplicas: updated, availableReplicas: available)
        #expect(deployment.isRolledOut == isDone)
    }

    @Test func aTargetPortIsANumberOrAName() throws {
        let service = try decode(
            Service.self,
            #"{"metadata":{"name":"s"},"spec":{"selector":{"app":"x"},"ports":[{"port":80,"targetPort":8080},{"port":81,"targetPort":"web"}]}}"#
        )
        #expect(service.spec.ports.map(\.targetPort) == [.int(8080), .string("web")])
        #expect(try Service(json: service.jsonBytes()) == service)
        #expect(throws: JSONError.self) { try decode(IntOrString.self, "{}") }
    }

    @Test func aSecretIsDecodedAndNeverPrinted() throws {
        let secret = try decode(
            Secret.self, #"{"metadata":{"name":"s"},"type":"Opaque","data":{"key":"aHVudGVyMg==","bin":"/wA="}}"#)
        #expect(secret.text("key") == "hunter2")
        #expect(secret.text("bin") == nil)
        #expect(secret.data["bin"] == [255, 0])
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\(Optional(secret) as Any)"] {
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("aHVudGVyMg"))
            #expect(!text.contains("104, 117"))
        }
        let error = #expect(throws: JSONError.self) {
            try decode(Secret.self, #"{"metadata":{},"data":{"key":"not base64!"}}"#)
        }
        #expect(error.map { !"\($0)".contains("not base64!") } == true)
    }

    @Test func dynamicMetadataKeepsWhatIsNotModelled() throws {
        var object = DynamicObject([
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": "a", "managedFields": [], "labels": ["x": "y"]],
        ])
        var meta = object.metadata
        meta.labels = [:]
        meta.namespace = "n"
        object.metadata = meta
        #expect(object.value["metadata"] == ["name": "a", "managedFields": [], "namespace": "n"])
    }

    @Test(arguments: [
        ("10", "9", true), ("9", "10", false), ("12", "11", true), ("5", "5", false),
        ("100000000000000000000", "99999999999999999999", true),
    ])
    func versionsCompareAsNumbersOfAnyLength(_ left: String, _ right: String, _ isNewer: Bool) {
        #expect(ResourceVersion.isNewer(left, than: right) == isNewer)
    }
}
