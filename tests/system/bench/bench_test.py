#!/usr/bin/python3
"""tests/bench/run --short measures every row and leaves nothing behind."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(sys.argv.pop(1))


class BenchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            figures = pathlib.Path(folder) / "figures.json"
            cls.done = subprocess.run(
                [ROOT / "tests" / "bench" / "run", "--short", "--build-folder", BUILD,
                 "--json", figures],
                env={"PATH": "/usr/bin:/bin", "TMPDIR": folder},
                capture_output=True,
                text=True,
            )
            cls.left = sorted(path.name for path in pathlib.Path(folder).iterdir()
                              if path != figures)
            cls.figures = json.loads(figures.read_text()) if figures.exists() else None

    def test_every_row_is_measured_on_both_sides(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        self.assertEqual([row["row"] for row in self.figures["rows"]],
                         [1, 2, 3, 4, 4, 4, 5, 6, 7, 8, 9, 10, 13, 13, 14, 14, 15, 16])
        for row in self.figures["rows"]:
            self.assertEqual(
                set(row),
                {"row", "what", "ours", "theirs", "figure", "floor", "goal", "reached"})
            self.assertIn(row["reached"], ("floor", "goal", "none"), row)
            if row["what"].endswith("time to refuse, p99"):
                # An overload of half a second need not fill the queue.
                self.assertIsNone(row["theirs"], row)
                self.assertTrue(row["ours"] is None or row["ours"] > 0, row)
                self.assertEqual(row["ours"] is None, row["figure"] is None, row)
                continue
            self.assertGreater(row["ours"], 0, row)
            if row["row"] in (4, 10):
                self.assertIsNone(row["theirs"], row)
            else:
                self.assertGreater(row["theirs"], 0, row)

    def test_the_table_tells_figures_and_conditions(self):
        for part in ("| 1 | catalogue search, cached page", "| 2 | gateway search, remembered page",
                     "| 9 | gateway's added latency", "| 10 | 90 % searches, 8 % reads",
                     "| 3 | offer read by a random key",
                     "| 4 | search among 1,000 offers", "| 4 | search among 100,000 offers",
                     "| 5 | bookings on one hot session", "| 8 | refusals of a full session",
                     "| 13 | searches answered of 2 ×", "health within",
                     "| 14 | idle service (booking), resident", "| 15 | exec → ready (booking)",
                     "| 16 | import of the whole ROME export", "| ≤ 10 s | ≤ 3 × |",
                     "At half of that load", "by the cap of a batch", "Conditions:",
                     "fsync and synchronous_commit on"):
            self.assertIn(part, self.done.stdout)

    def test_the_other_side_runs_the_statements_that_the_service_sent(self):
        self.assertIn("statements of a booking: ", self.done.stdout)

    def test_nothing_is_left(self):
        self.assertEqual(self.left, [])
        database = re.search(r"the database is in (\S+)", self.done.stderr).group(1)
        self.assertFalse(pathlib.Path(database).exists())

    def test_a_row_that_is_not_there_is_refused(self):
        done = subprocess.run([ROOT / "tests" / "bench" / "run", "99"], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no row 99", done.stderr)


if __name__ == "__main__":
    unittest.main()
