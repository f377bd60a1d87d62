import HTTP
import HTTPTesting
import JSON
import KubernetesClient
import KubernetesModel
import Telemetry
import Testing

@Suite struct RequestShapeTests {
    let rig = ClientRig(credential: .token("secret"))

    private func only(_ perform: () async throws -> Void) async throws -> HTTPRequest {
        rig.transport.otherwise { _ throws(HTTPError) in
            HTTPResponse(status: 200, bytes: Array(ClientRig.widget().utf8))
        }
        try await perform()
        #expect(rig.transport.requests.count == 1)
        return try #require(rig.transport.requests.first)
    }

    private func target(_ request: HTTPRequest) -> String { String(request.url.dropFirst("https://api:6443".count)) }

    @Test func applyForcesUnderItsManager() async throws {
        let request = try await only {
            _ = try await rig.client.patch(
                Widget.self, rig.key, .apply(["status": [:]], force: true), subresource: "status",
                options: WriteOptions(fieldManager: "aiops worker", dryRun: true, fieldValidation: .strict))
        }
        #expect(request.method == "PATCH")
        #expect(
            target(request) == ClientRig.widgets
                + "/a/status?fieldManager=aiops%20worker&dryRun=All&fieldValidation=Strict&force=true")
        #expect(request.headers.first("Content-Type") == "application/apply-patch+yaml")
        #expect(request.headers.first("Authorization") == "Bearer secret")
        #expect(request.body == Array(#"{"status":{}}"#.utf8))
    }

    @Test func aJSONPatchIsAList() async throws {
        let request = try await only {
            _ = try await rig.client.patch(Widget.self, rig.key, .json([.test(path: "/a", 1), .remove(path: "/b")]))
        }
        #expect(request.headers.first("Content-Type") == "application/json-patch+json")
        #expect(
            try JSONValue(parsing: request.body)
                == [["op": "test", "path": "/a", "value": 1], ["op": "remove", "path": "/b"]])
    }

    @Test func aDeleteCarriesItsPreconditions() async throws {
        let request = try await only {
            try await rig.client.delete(
                Widget.resourceType, rig.key,
                DeleteOptions(uid: "u", resourceVersion: "3", propagation: .foreground, gracePeriodSeconds: 0))
        }
        #expect(request.method == "DELETE")
        #expect(
            try JSONValue(parsing: request.body) == [
                "apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0,
                "preconditions": ["uid": "u", "resourceVersion": "3"], "propagationPolicy": "Foreground",
            ])
    }

    @Test func aNameFromOutsideReachesNoOtherResource() async throws {
        let request = try await only {
            _ = try await rig.client.get(
                Widget.self, ObjectKey(namespace: "../../../../api/v1", name: "a/status?x=1#y"))
        }
        #expect(
            target(request)
                == "/apis/test.dev/v1/namespaces/..%2F..%2F..%2F..%2Fapi%2Fv1/widgets/a%2Fstatus%3Fx%3D1%23y")
        #expect(PercentEncoding.encode("..") == "%2E%2E")
    }

    @Test func aCreateGoesToTheCollection() async throws {
        let request = try await only { _ = try await rig.client.create(Widget("a", size: 2)) }
        #expect(request.method == "POST")
        #expect(target(request) == ClientRig.widgets + "?fieldManager=aiops-operator")
        #expect(
            try JSONValue(parsing: request.body) == [
                "apiVersion": "test.dev/v1", "kind": "Widget", "metadata": ["name": "a", "namespace": "default"],
                "spec": ["size": 2],
            ])
    }

    @Test func aClusterScopedKindHasNoNamespaceInItsPath() {
        #expect(Namespace.resourceType.path(namespace: "x", name: "n") == "/api/v1/namespaces/n")
        #expect(
            Deployment.resourceType.path(namespace: "x", name: "n", subresource: "status")
                == "/apis/apps/v1/namespaces/x/deployments/n/status")
        #expect(Pod.resourceType.path() == "/api/v1/pods")
    }

    @Test func leasesHaveAConnectionOfTheirOwn() async throws {
        let lease = try await only { _ = try await rig.client.get(Lease.self, rig.key) }
        #expect(lease.pool == .lease)
        _ = try await rig.client.get(Widget.self, rig.key)
        #expect(rig.transport.requests.last?.pool == .request)
    }

    @Test func requestsAreCounted() async throws {
        _ = try await only { _ = try await rig.client.get(Widget.self, rig.key) }
        let text = rig.metrics.prometheusText()
        #expect(text.contains(#"rest_client_requests_total{code="200",method="GET",host="api:6443"} 1"#))
        #expect(text.contains(#"rest_client_request_duration_seconds_count{verb="GET",host="api:6443"} 1"#))
        #expect(text.contains(#"rest_client_request_size_bytes_count{verb="GET",host="api:6443"} 1"#))
        #expect(text.contains(#"rest_client_response_size_bytes_count{verb="GET",host="api:6443"} 1"#))
        #expect(text.contains(#"rest_client_response_size_bytes_bucket{verb="GET",host="api:6443",le="64"} 0"#))
    }

    @Test(arguments: [
        #"rest_client_dns_resolution_duration_seconds_count{host="api:6443"} 0"#,
        #"rest_client_request_duration_seconds_count{verb="PATCH",host="api:6443"} 0"#,
        #"rest_client_request_size_bytes_count{verb="POST",host="api:6443"} 0"#,
        #"rest_client_response_size_bytes_count{verb="DELETE",host="api:6443"} 0"#,
        #"rest_client_requests_total{code="200",method="GET",host="api:6443"} 0"#,
        #"rest_client_requests_total{code="201",method="POST",host="api:6443"} 0"#,
        #"rest_client_requests_total{code="409",method="PUT",host="api:6443"} 0"#,
        #"rest_client_requests_total{code="422",method="PATCH",host="api:6443"} 0"#,
        #"rest_client_requests_total{code="404",method="DELETE",host="api:6443"} 0"#,
        #"rest_client_requests_total{code="500",method="DELETE",host="api:6443"} 0"#,
        #"rest_client_requests_total{code="<error>",method="POST",host="api:6443"} 0"#,
        #"rest_client_request_retries_total{code="429",verb="POST",host="api:6443"} 0"#,
        #"rest_client_request_retries_total{code="503",verb="GET",host="api:6443"} 0"#,
        #"rest_client_request_retries_total{code="504",verb="PATCH",host="api:6443"} 0"#,
        #"rest_client_request_retries_total{code="<error>",verb="DELETE",host="api:6443"} 0"#,
    ]) func whatIsKnownAtTheStartIsThereFromTheStart(line: String) {
        #expect(rig.metrics.prometheusText().contains(line))
    }

    /// Only a request that had to look the name up says how long that took.
    @Test func lookUpsOfTheServersNameAreTimed() async throws {
        for lookup in [Duration.milliseconds(30), nil] {
            rig.transport.expect("GET", "/*") { _ throws(HTTPError) in
                var response = HTTPResponse(status: 200, bytes: Array(ClientRig.widget().utf8))
                response.nameLookup = lookup
                return response
            }
            _ = try await rig.client.get(Widget.self, rig.key)
        }
        let text = rig.metrics.prometheusText()
        #expect(text.contains("rest_client_dns_resolution_duration_seconds_count{host=\"api:6443\"} 1\n"))
        #expect(text.contains("rest_client_dns_resolution_duration_seconds_sum{host=\"api:6443\"} 0.03\n"))
    }

    @Test func logsAskForTheirPart() async throws {
        rig.transport.expect("GET", "*", body: "line\n")
        let bytes = try await rig.client.logs(
            rig.key, LogOptions(container: "c", tailLines: 5, sinceSeconds: 9, previous: true, limitBytes: 100))
        #expect(String(decoding: bytes, as: UTF8.self) == "line\n")
        #expect(
            target(rig.transport.requests[0]) == "/api/v1/namespaces/default/pods/a/log?container=c&tailLines=5"
                + "&sinceSeconds=9&previous=true&limitBytes=100")
    }
}
