import Environments
import Testing

/// What kind 0.27 printed with Docker 26, word for word but for addresses.
struct KindFailureTests {
    private static let run = """
        ERROR: failed to create cluster: command "docker run --name t2-control-plane --hostname t2-control-plane --privileged --tmpfs /tmp \
        --volume /var --detach --tty --label io.x-k8s.kind.cluster=t2 --net kind --publish=10.1.4.2:32768:6443/TCP node:v1" failed with error: \
        exit status 125
        """
    private static let begun = """
        Creating cluster "t2" ...
         • Ensuring node image (node:v1) 🖼  ...
         ✓ Ensuring node image (node:v1) 🖼
         • Preparing nodes 📦   ...
         ✗ Preparing nodes 📦 
        Deleted nodes: ["t2-control-plane"]

        """

    static let said: [(errors: String, KindFailure, detail: String)] = [
        (
            #"ERROR: failed to create cluster: node(s) already exist for a cluster with the name "t1""#, .nameTaken,
            #"failed to create cluster: node(s) already exist for a cluster with the name "t1""#
        ),
        (
            run + """


                Command Output: docker: Error response from daemon: Conflict. The container name "/t2-control-plane" is already in use by container \
                "614edab7d196". You have to remove (or rename) that container to be able to reuse that name.
                See 'docker run --help'.
                """, .nameTaken,
            """
            failed to create cluster: docker: Error response from daemon: Conflict. The container name "/t2-control-plane" is already in use by \
            container "614edab7d196". You have to remove (or rename) that container to be able to reuse that name.
            """
        ),
        (
            """
            ERROR: failed to create cluster: failed to list nodes: command "docker ps -a --filter label=io.x-k8s.kind.cluster=t2 --format \
            '{{.Names}}'" failed with error: exit status 1

            Command Output: Cannot connect to the Docker daemon at unix:///nope.sock. Is the docker daemon running?
            """, .noEngine,
            """
            failed to create cluster: failed to list nodes: Cannot connect to the Docker daemon at unix:///nope.sock. Is the docker daemon \
            running?
            """
        ),
        (
            """
            ERROR: failed to create cluster: failed to get docker info: command "docker info --format '{{json .}}'" failed with error: exec: \
            "docker": executable file not found in $PATH

            Command Output: 
            """, .noEngine, "failed to create cluster: failed to get docker info"
        ),
        (
            """
            Creating cluster "t2" ...
             • Ensuring node image (aiops-none:v1) 🖼  ...
             ✗ Ensuring node image (aiops-none:v1) 🖼
            ERROR: failed to create cluster: failed to pull image "aiops-none:v1": command "docker pull aiops-none:v1" failed with error: exit \
            status 1

            Command Output: Error response from daemon: Get "https://registry.example/v2/": dial tcp: lookup registry.example: i/o timeout
            """, .imageMissing,
            """
            failed to create cluster: failed to pull image "aiops-none:v1": Error response from daemon: Get \
            "https://registry.example/v2/": dial tcp: lookup registry.example: i/o timeout
            """
        ),
        (
            "ERROR: failed to create cluster: 'T2_' is not a valid cluster name, cluster names must match `^[a-z0-9.-]+$`",
            .invalidConfiguration,
            "failed to create cluster: 'T2_' is not a valid cluster name, cluster names must match `^[a-z0-9.-]+$`"
        ),
        (
            """
            ERROR: failed to create cluster: unable to decode config: yaml: unmarshal errors:
              line 3: cannot unmarshal !!int `3` into []v1alpha4.Node
            """, .invalidConfiguration, "failed to create cluster: unable to decode config: yaml: unmarshal errors"
        ),
        (
            begun + run + """


                Command Output: 25edda02ff4a208c401c9d70c1859564b2bb155270beb46f60d6160f1355154f
                docker: Error response from daemon: driver failed programming external connectivity on endpoint t2-control-plane (cc0e): Bind for \
                10.1.4.2:32768 failed: port is already allocated.
                """, .portTaken,
            """
            failed to create cluster: docker: Error response from daemon: driver failed programming external connectivity on endpoint \
            t2-control-plane (cc0e): Bind for 10.1.4.2:32768 failed: port is already allocated.
            """
        ),
        (
            begun + run + """


                Command Output: d469d89ffda7b4ece3ddcfe745a25877eda82d7b1d5ee76dd3932cff9caff3d6
                docker: Error response from daemon: driver failed programming external connectivity on endpoint t2-control-plane (b142): listen \
                tcp4 10.99.99.99:7777: bind: cannot assign requested address.
                """, .noSuchAddress,
            """
            failed to create cluster: docker: Error response from daemon: driver failed programming external connectivity on endpoint \
            t2-control-plane (b142): listen tcp4 10.99.99.99:7777: bind: cannot assign requested address.
            """
        ),
        (
            """
            ERROR: could not locate any control plane nodes for cluster named 'zzz'. Use the --name option to select a different cluster
            """, .noSuchCluster,
            "could not locate any control plane nodes for cluster named 'zzz'. Use the --name option to select a different cluster"
        ),
        ("", .other, "it said nothing"),
        ("something else went wrong\nat the end", .other, "at the end"),
    ]

    @Test(arguments: said) func isToldApart(_ errors: String, _ failure: KindFailure, _ detail: String) {
        #expect(KindFailure(errors: errors) == failure)
        #expect(KindFailure.detail(errors) == detail)
    }

    /// The number of a container and the command line explain nothing; a stream of any length goes into a status.
    @Test func whatIsToldIsBounded() {
        let long = "ERROR: " + String(repeating: "x", count: 100_000)
        #expect(KindFailure.detail(long).count <= 501)
        #expect(KindFailure.detail(Self.begun + Self.run) == "failed to create cluster")
    }

    /// A full disk is the cause of whatever else failed.
    @Test func aFullDiskIsTheCause() {
        let text = """
            ERROR: failed to create cluster: failed to init node with kubeadm: command "docker exec" failed with error: exit status 1

            Command Output: error: write /var/lib/etcd: no space left on device
            """
        #expect(KindFailure(errors: text) == .noSpace)
    }
}
