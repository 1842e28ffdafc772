#!/usr/bin/python3
"""What the scripts in deploy/local promise, on a copy of them in a folder of its own."""

import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]


def has_ended(pid):
    """Whether there is no such process, or nothing of it but the entry that its parent may read."""
    try:
        content = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
    return content.rpartition(")")[2].split()[0] == "Z"


class LocalTest(unittest.TestCase):
    def setUp(self):
        self.clone = pathlib.Path(tempfile.mkdtemp(prefix="dm local "))
        self.addCleanup(shutil.rmtree, self.clone)
        shutil.copytree(ROOT / "deploy" / "local", self.clone / "deploy" / "local")
        (self.clone / ".local" / "run").mkdir(parents=True)
        (self.clone / ".local" / "log").mkdir()

    def shell(self, script, parts=("seed", "contacts")):
        """Runs a script that has sourced the parts; (exit code, output, errors)."""
        sourced = "".join(f". deploy/local/parts/{part}.bash\n" for part in parts)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", sourced + script],
            cwd=self.clone,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout.strip(), done.stderr.strip()

    def output(self, script):
        code, output, errors = self.shell(script)
        self.assertEqual(code, 0, errors)
        return output

    def script(self, *words):
        return subprocess.run(
            [self.clone / "deploy" / "local" / words[0], *words[1:]],
            capture_output=True,
            text=True,
            timeout=60,
        )

    def pid_file(self, name):
        return self.clone / ".local" / "run" / f"{name}.pid"

    def test_a_process_is_found_by_a_later_shell_and_stopped(self):
        self.output("start mailserver sleep 1000")
        pid = self.output("pid_of mailserver")
        self.assertFalse(has_ended(pid))
        self.output("stop_all; stop_all")
        self.assertTrue(has_ended(pid))
        self.assertFalse(self.pid_file("mailserver").exists())

    def test_an_id_that_was_given_to_another_program_since_is_not_ours(self):
        other = subprocess.Popen(["sleep", "1000"])
        self.addCleanup(other.wait)
        self.addCleanup(other.send_signal, signal.SIGKILL)
        for content in (f"{other.pid} 1", f"{other.pid}", "", "x y"):
            self.pid_file("gateway").write_text(content + "\n")
            self.assertEqual(self.output("is_running gateway || echo no"), "no", content)
            self.output("stop_all")
            self.assertIsNone(other.poll(), content)

    def test_a_process_gets_no_variables_of_the_shell(self):
        self.output("export DM_X=1; start mailserver env; sleep 0.2")
        log = (self.clone / ".local" / "log" / "mailserver.log").read_text()
        self.assertIn("PATH=", log)
        self.assertNotIn("DM_X", log)

    def test_waiting_ends_with_the_log_when_the_process_ends(self):
        code, _, errors = self.shell("start booking sh -c 'echo why >&2'; wait_until booking 30 false")
        self.assertEqual(code, 1)
        self.assertIn("why", errors)
        self.assertIn("booking ended while it started", errors)

    def test_waiting_ends_at_the_deadline(self):
        code, _, errors = self.shell(
            "start booking sleep 1000; wait_until booking 1 false || true; stop_all; exit 1"
        )
        self.assertEqual(code, 1)
        self.assertIn("booking was not ready in time", errors)
        self.output("stop_all")

    def test_secrets_are_made_once_and_for_the_owner_alone(self):
        self.output("make_secrets")
        folder = self.clone / ".local" / "secrets"
        made = {path.name: path.read_text() for path in folder.iterdir()}
        services = ["catalogue", "ambassador", "booking", "notification", "gateway"]
        self.assertEqual(
            set(made),
            {"page-token-key", "postgres-password", "session-key"}
            | {f"{one}-password" for one in services}
            | {f"{one}-owner-password" for one in services},
        )
        self.assertEqual(len(set(made.values())), len(made))
        for path in folder.iterdir():
            self.assertRegex(made[path.name], r"^[0-9a-f]{64}$")
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.output("make_secrets")
        self.assertEqual(made, {path.name: path.read_text() for path in folder.iterdir()})

    def test_every_process_gets_an_address_of_its_own(self):
        self.output("write_state dev 8080 9090")
        state = dict(
            line.split("=") for line in (self.clone / ".local/run/state").read_text().splitlines()
        )
        self.assertEqual(state.pop("preset"), "dev")
        self.assertEqual(len(set(state.values())), 13)
        options = self.output("options_of booking").splitlines()
        self.assertEqual(
            options[options.index("--catalogue-address") + 1], state["catalogue"]
        )
        self.assertNotIn("--booking-address", options)

    def test_a_new_week_loads_new_dates_and_leaves_the_lists_alone(self):
        load = "token() { :; }; load_lists() { echo lists; }; load_dates() { echo dates; }; "
        load += 'date() { echo "$week"; }; load_seed | grep -v ^== || true'
        self.assertEqual(self.output("week=2026-48; " + load), "lists\ndates")
        self.assertEqual(self.output("week=2026-48; " + load), "")
        self.assertEqual(self.output("week=2026-49; " + load), "dates")
        with open(self.clone / "deploy/local/seed/rome/version.txt", "a") as version:
            version.write("changed\n")
        self.assertEqual(self.output("week=2026-49; " + load), "lists")

    def test_the_build_tells_of_every_tenth_object_and_of_every_failure(self):
        lines = "for n in {0..25}; do echo \"[$n/30 1.0s] Building\"; done; echo FAILED: one.o"
        shown = self.shell(f"({lines}) | show_progress", parts=("build",))[1].splitlines()
        self.assertEqual(shown, ["[10/30 1.0s] Building", "[20/30 1.0s] Building", "FAILED: one.o"])

    def test_up_names_the_port_that_is_taken_before_it_builds(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = self.script("up", "--no-install", f"--http-port={port}", "--grpc-port", "1")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"port {port} of 127.0.0.1 is in use", done.stderr)
        self.assertFalse((self.clone / "build").exists())

    def test_wrong_options_are_refused(self):
        for words in (
            ["up", "--http-port", "0"],
            ["up", "--http-port", "x"],
            ["up", "--http-port"],
            ["up", "--preset", "asan"],
            ["up", "--grpc-port", "8080"],
            ["up", "--nonsense"],
            ["down", "--nonsense"],
            ["token"],
            ["token", "king"],
            ["token", "applicant", "--nonsense", "1"],
            ["dm", "book"],
        ):
            done = self.script(*words)
            self.assertIn(done.returncode, (1, 2), words)
            self.assertTrue(done.stderr, words)

    def test_down_has_nothing_to_do_where_nothing_was_started(self):
        shutil.rmtree(self.clone / ".local")
        self.assertEqual(self.script("down").returncode, 0)
        self.assertFalse((self.clone / ".local").exists())


if __name__ == "__main__":
    unittest.main()
