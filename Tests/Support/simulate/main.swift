import Glibc
import SimulationTesting

// Texts hash the same way in every run: what is left of chance in the product would show as a trace that differs.
if getenv("SWIFT_DETERMINISTIC_HASHING") == nil {
    setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
}
exit(SimulateCommand(Array(CommandLine.arguments.dropFirst())).run())
