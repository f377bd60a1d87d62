import Environments
import KubernetesClient
import KubernetesModel
import Testing

/// Filling the disk or the process table: what a sandbox may have is all it gets, and others lose nothing by it.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct EscapeLimits {
    @Test func noFileIsBeyondItsLimitWhereverItLies() async throws {
        try await SandboxRig.use { rig in
            // The last is on the node's own disk, and open to everybody.
            for place in ["$HOME", "/tmp", "/dev/shm", "/dev/termination-log"] {
                let file = place.hasPrefix("/dev/term") ? place : place + "/big"
                let seen = try await rig.run(
                    "head -c 50000000 /dev/zero >\(file); stat -c %s \(file); : >\(file)")
                let size = Int(seen.stdout.split(separator: "\n").last ?? "")
                #expect(size ?? 0 <= SandboxLimits.fileBytes, "\(place): \(seen)")
            }
        }
    }

    /// What can be written to without bound is memory of the container; nothing of it is on the node's disk.
    @Test func nothingThatCanBeFilledIsOnADisk() async throws {
        try await SandboxRig.use { rig in
            let looking = """
                while read -r device place kind rest; do
                  [ -w $place ] && [ -d $place ] && echo "$kind $place"
                done </proc/mounts
                """
            let seen = try await rig.run(looking)
            let kinds = seen.stdout.split(separator: "\n").map { $0.split(separator: " ").first.map(String.init) ?? "" }
            let memory: Set<String> = ["tmpfs", "mqueue", "devpts", "proc", "sysfs", "cgroup", "cgroup2"]
            #expect(Set(kinds).isSubset(of: memory), "\(seen.stdout)")
            #expect(seen.stdout.contains("tmpfs /home/agent") && seen.stdout.contains("tmpfs /tmp"))
            // The container's log is a file on the disk as well; its streams lead nowhere.
            let log = try await rig.run("readlink /proc/1/fd/1 /proc/1/fd/2; echo to the log >/proc/1/fd/1")
            #expect(log.stdout == "/dev/null\n/dev/null\n", "\(log)")
            let written = try await rig.client.logs(rig.pod)
            #expect(written.isEmpty)
        }
    }

    @Test func theProcessTableOfOneIsNotThatOfAnother() async throws {
        try await SandboxRig.use { rig in
            let bomb = try await rig.run("f() { f & f & }; f; f; f; sleep 30", seconds: 4)
            #expect(bomb.survivors == 0)
            let many = try await rig.run("for i in $(seq 2000); do sleep 20 & done 2>/dev/null; sleep 1", seconds: 10)
            #expect(many.left.count < 256, "\(many.left.count)")
            // Full or not, the next command has all that it may have.
            let next = try await rig.run("for i in $(seq 100); do sleep 1 & done; wait; echo all")
            #expect(next.stdout == "all\n", "\(next)")
        }
    }

    @Test func memoryIsBoundedAndTheSandboxOutlivesWhoAsksForMore() async throws {
        try await SandboxRig.use { rig in
            let seen = try await rig.run("dd if=/dev/zero of=/dev/null bs=450M count=1")
            #expect(seen.exitCode != 0 && seen.stderr.contains("memory"), "\(seen)")
            #expect(try await rig.run("echo still there").stdout == "still there\n")
            let pod = try await rig.client.get(Pod.self, rig.pod)
            #expect(pod.restartCount == 0 && pod.isReady)
        }
    }
}
