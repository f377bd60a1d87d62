"""What the chart makes of its values: `python3 -m unittest discover -s scripts/tests`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def render(values: dict) -> subprocess.CompletedProcess[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(values, file)
        file.flush()
        return subprocess.run([sys.executable, str(ROOT / "scripts" / "chart.py"), "render", "--set", file.name],
                              capture_output=True, text=True, timeout=300)


class Prices(unittest.TestCase):
    PRICES = {"version": "acme-1", "models": [{"model": "gpt-4o", "input": "0.40", "output": 2}]}

    def rendered(self, table: dict) -> str:
        done = render({"priceTable": table})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_withoutPricesNothingIsMade(self) -> None:
        text = self.rendered({})
        self.assertNotIn("price-table", text)
        self.assertNotIn("prices.yaml", text)

    def test_aConfigMapThatIsThereIsNamed(self) -> None:
        text = self.rendered({"configMapName": "mine"})
        self.assertIn("- --price-table=mine\n", text)
        self.assertNotIn("kind: ConfigMap", text)

    def test_pricesBecomeAConfigMap(self) -> None:
        for name, made in (("", "aiops-operator-prices"), ("mine", "mine")):
            text = self.rendered({"configMapName": name, "prices": self.PRICES})
            self.assertIn(f"- --price-table={made}\n", text)
            map_ = next(part for part in text.split("---\n") if "kind: ConfigMap" in part)
            self.assertIn(f"name: {made}\n", map_)
            self.assertIn("  prices.yaml: |\n    models:\n    - input: \"0.40\"\n      model: gpt-4o\n      output: 2\n    "
                          "version: acme-1\n", map_ + "\n")

    def test_whatIsNoTableIsRefused(self) -> None:
        self.assertNotEqual(render({"priceTable": {"prices": {"version": "a b", "models": []}}}).returncode, 0)


if __name__ == "__main__":
    unittest.main()
