"""`simulate` copies its own process where schedules part; what comes of it is what comes of each schedule by itself."""
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / ".build" / "debug" / "simulate"


def traces(*arguments):
    """The number of each schedule's trace, in the order they were told, and the last line."""
    done = subprocess.run([str(PROGRAM), "--traces", "yes", *arguments], check=True, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    return [line for line in lines if re.search(r": trace [0-9a-f]+$", line)], lines[-1]


class SimulateTest(unittest.TestCase):
    def compare(self, *arguments):
        alone, _ = traces(*arguments, "--alone", "yes")
        self.assertGreater(len(alone), 1)
        for jobs in ("1", "3"):
            shared, last = traces(*arguments, "--jobs", jobs)
            self.assertEqual(shared, alone, f"--jobs {jobs}")
            self.assertRegex(last, r"^\d+ schedules in \d+ s with \d at a time \(\d+ s of processors\), .* a minute$")

    def test_a_copy_at_a_fault_goes_on_as_the_whole_run_does(self):
        self.compare("--plan", "F23", "--lifecycle", "task-delete-provisioning")

    def test_a_copy_at_a_watch_event_goes_on_as_the_whole_run_does(self):
        self.compare("--plan", "F09", "--lifecycle", "task-delete-provisioning")

    def test_deaths_and_weather_are_the_same_beside_each_other(self):
        self.compare("--plan", "F01", "--lifecycle", "task-delete-provisioning")
        self.compare("--plan", "weather", "--lifecycle", "task-delete-pending", "--share", "0/50")

    def test_a_plan_of_no_name_is_refused(self):
        done = subprocess.run([str(PROGRAM), "--plan", "F00000"], check=False, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
