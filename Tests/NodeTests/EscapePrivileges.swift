import Environments
import Testing

/// Ways to more rights within the container and out of it: none is open.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct EscapePrivileges {
    @Test func processesHaveNoPrivilegesAndCanGainNone() async throws {
        try await SandboxRig.use { rig in
            let status = try await rig.run("grep -E '^(Uid|Cap[A-Za-z]+|NoNewPrivs|Seccomp):' /proc/self/status")
            let lines = status.stdout.split(separator: "\n").map {
                $0.split(whereSeparator: \.isWhitespace).map(String.init)
            }
            func values(_ name: String) -> [String] { Array(lines.first { $0.first == name + ":" }?.dropFirst() ?? []) }
            #expect(values("Uid") == Array(repeating: "\(rig.names.sandboxUser)", count: 4), "\(status)")
            for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
                #expect(values(set) == ["0000000000000000"], "\(set): \(status.stdout)")
            }
            #expect(values("NoNewPrivs") == ["1"])
            let suid = try await rig.run("find / -xdev \\( -perm -4000 -o -perm -2000 \\) -type f 2>/dev/null")
            #expect(suid.stdout.isEmpty, "\(suid)")
        }
    }

    @Test func theSystemAroundThemCannotBeChanged() async throws {
        try await SandboxRig.use { rig in
            for command in [
                "touch /x", "touch /etc/x", "echo root::0:0::/:/bin/sh >>/etc/passwd", "chmod u+s /bin/sh",
                "echo 1 >/proc/sys/kernel/panic", "echo x >/proc/sysrq-trigger", "ls /proc/1/root/root",
                "echo +pids >/sys/fs/cgroup/cgroup.subtree_control", "mkdir /sys/fs/cgroup/x",
                "cat /dev/mem", "cat /dev/kmsg", "ls /dev/vda /dev/sda", "mknod ~/disk b 8 0",
                "kill -9 1 && sleep 1 && test ! -d /proc/1", "chroot / true", "cat /proc/kcore", "ls /var/lib/kubelet",
                "ls /run/containerd", "echo 0 >/proc/1/oom_score_adj && test $(cat /proc/1/oom_score_adj) -lt 0",
                "echo -1000 >/proc/self/oom_score_adj",
            ] {
                let seen = try await rig.run(command)
                #expect(seen.exitCode != 0, "\(command): \(seen)")
            }
        }
    }
}
