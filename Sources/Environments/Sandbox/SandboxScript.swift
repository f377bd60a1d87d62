/// What runs in the sandbox around each command of the agent: shell scripts for any `sh` (dash, bash, BusyBox).
///
/// Closing a connection ends nothing in a container, and a process may leave its group, its session and its parent, and
/// clear its environment. But it cannot leave the container, where nothing else runs than commands of the agent, one at
/// a time. So what is left of a command is all that is there beside process 1 and the script itself, and `kill -9 -1` ends
/// it at once: the kernel does not let anything fork meanwhile. A listing of `/proc` made after it is the proof.
///
/// Invariants: nothing of an earlier command runs when one begins, and nothing of this one when its end is told; the last line
/// on the error stream says what was found; no process is started for a listing, so that a full process table is no obstacle.
package enum SandboxScript {
    /// Begins the last line on the error stream.
    static let mark = "shell-end"

    /// Ends the first line of process 1, by which the script knows where it is: elsewhere it would end what is none of its business.
    private static let known = "# holds the sandbox"
    /// How long process 1 sleeps at a time; by this its sleeper is told from others.
    private static let nap = "86399"

    /// Process 1: it collects the orphans that commands leave, and ends at once when asked to.
    ///
    /// It lets go of its streams, or commands could write by them to the node's disk, as the container's log.
    ///
    /// - Parameter notice: what the next command is told first; for a sandbox that takes the place of another.
    /// - Returns: program and arguments.
    package static func hold(notice: String? = nil) -> [String] {
        let script = """
            exec </dev/null >/dev/null 2>&1 \(known)
            [ $# = 0 ] || printf '%s\\n' "$1" >"$HOME/.notice"
            trap 'exit 0' TERM INT
            while :; do sleep \(nap) & wait $!; done
            """
        return ["/bin/sh", "-c", script, "hold"] + (notice.map { [$0] } ?? [])
    }

    /// A command under a time limit.
    ///
    /// It is the last argument.
    static func run(_ command: String, seconds: Int64) -> [String] { sweep() + [String(seconds), command] }

    /// Ends whatever runs.
    static func sweep() -> [String] { ["/bin/sh", "-c", text, "shell", mark] }

    /// Whether that is what ``run(_:seconds:)`` and ``sweep()`` ask for; for stand-ins of a sandbox.
    package static func isMeant(by command: [String]) -> Bool { command.count > 4 && command[4] == mark }

    private static let text = """
        first= notice=
        IFS= read -r first </proc/1/cmdline || :
        case $first in
          *'\(known)') ;;
          *) echo 'this is no sandbox: nothing was run' >&2; exit 125 ;;
        esac
        if [ -f "$HOME/.notice" ]; then IFS= read -r notice <"$HOME/.notice" || :; rm -f "$HOME/.notice"; fi
        list() {
          n=0 own=0 idle=0 names=
          for p in /proc/[0-9]*; do
            case ${p#/proc/} in 1 | $$) continue ;; esac
            line= words=
            { IFS= read -r line <$p/stat; } 2>/dev/null || continue
            { IFS= read -r words <$p/cmdline; } 2>/dev/null || :
            name=${line#*(} name=${name%)*}
            set -- ${line##*) }
            case $1 in Z | X) continue ;; esac
            case $2$idle$name$words in
              10sleepsleep\(nap)) idle=1; continue ;;
              1?timeouttimeout-k2*) own=1; continue ;;
            esac
            n=$((n + 1))
            [ $n -gt 8 ] || names="$names $name"
          done
        }
        sweep() {
          tries=0
          while kill -9 -1 2>/dev/null; list; [ $n$own != 00 ] && [ $tries -lt 40 ]; do
            tries=$((tries + 1))
            sleep 0.05 2>/dev/null || sleep 1
          done
        }
        lower() { ulimit -$1 $2 2>/dev/null || { most=$(ulimit -H -$1) && [ "$most" -le $2 ]; } 2>/dev/null; }
        clock() { IFS='. ' read -r s c rest </proc/uptime; now=$((s * 100 + 1$c - 100)); }
        list
        before=$n earlier=$names code=0 late=0 left=0 later=
        [ $n$own = 00 ] || sweep
        if [ $# = 3 ]; then
          clock
          end=$((now + $2 * 100))
          (
            { lower u \(SandboxLimits.processes) || lower p \(SandboxLimits.processes); } &&
              lower n \(SandboxLimits.openFiles) && lower f \(SandboxLimits.fileBytes / 512) &&
              lower d \(SandboxLimits.memoryBytes / 1024) && lower c 0 ||
              { echo 'the limits of the sandbox cannot be set: nothing was run' >&2; exit 125; }
            exec timeout -k 2 $2 /bin/sh -c "$3"
          )
          code=$?
          clock
          [ $now -lt $end ] || late=1
          list
          left=$n later=$names
          [ $n$own = 00 ] || sweep
        fi
        printf '\\n%s %s %s %s %s %s|%.200s|%.200s|%.300s\\n' "$1" $code $late $before $left $n "$earlier" "$later" "$notice" >&2
        exit $code
        """
}
