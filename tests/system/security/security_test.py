#!/usr/bin/python3
"""Whether all that OWASP ASVS 5.0.0 asks for up to level 2 is answered as deploy/security says, and
its inventories list what the code has."""

import collections
import sys
import unittest

sys.dont_write_bytecode = True

import asvs  # noqa: E402
import inventories  # noqa: E402


def sample_texts():
    """Answers in which nothing is wrong: all is met."""
    texts = collections.defaultdict(str)
    for requirement, level in asvs.expected_levels().items():
        path = asvs.chapter_path(int(requirement.split(".")[0]))
        texts[path] += f"| {requirement} | {level} | met | The sample proves it. | `README.md` |\n"
    texts["README.md"] = "\n".join(asvs.counts_table(asvs.counts_of(texts)))
    return dict(texts)


SAMPLE_ROW = "| 9.1.1 | 1 | met | The sample proves it. | `README.md` |\n"
# What is done to the sample's row, and what must be said of it.
SPOILED_ROWS = (
    ("", "9.1.1 is answered 0 times"),
    (SAMPLE_ROW + SAMPLE_ROW, "9.1.1 is answered 2 times"),
    (SAMPLE_ROW.replace("9.1.1", "9.1.9"), "9.1.9 is not asked for in this chapter"),
    (SAMPLE_ROW.replace("9.1.1", "8.1.1"), "8.1.1 is not asked for in this chapter"),
    (SAMPLE_ROW.replace("| 1 |", "| 2 |"), "9.1.1 is of level 1, not 2"),
    (SAMPLE_ROW.replace("met", "partly"), "9.1.1 is answered with another word: partly"),
    (SAMPLE_ROW.replace("`README.md`", ""), "9.1.1 is met without evidence"),
    (SAMPLE_ROW.replace("README", "HEARSAY"), "9.1.1 names what is not there: HEARSAY.md"),
    (SAMPLE_ROW.replace("`", ""), "9.1.1 has evidence that is no list of paths: README.md"),
    ("| 9.1.1 | 1 | operator | see there | |\n", "9.1.1 does not say how in a full sentence"),
    ("| 9.1.1 | 1 | not met | | |\n", "9.1.1 does not say how in a full sentence"),
    (
        "| 9.1.1 | 1 | not met | Nobody has done it. | |\n",
        "README.md does not tell that 9.1.1 is not met",
    ),
    (
        "| 9.1.1 | 1 | does not apply | There is no such thing here. | |\n",
        "README.md lacks the line: | does not apply | 1 | 0 | 1 |",
    ),
)


class AsvsTest(unittest.TestCase):
    def test_asks_for_70_requirements_of_level_1_and_183_of_level_2(self):
        counts = collections.Counter(asvs.expected_levels().values())
        self.assertEqual(counts, {1: 70, 2: 183})

    def test_all_are_answered(self):
        texts = asvs.read_answers()
        faults = asvs.faults_of(texts, asvs.tracked_paths())
        self.assertTrue(not faults, "\n".join(["", *faults]))
        print(*asvs.counts_table(asvs.counts_of(texts)), sep="\n")

    def test_takes_answers_in_which_nothing_is_wrong(self):
        self.assertEqual(asvs.faults_of(sample_texts(), {"README.md"}), [])

    def test_finds_each_fault(self):
        path = asvs.chapter_path(9)
        for spoiled, fault in SPOILED_ROWS:
            with self.subTest(fault):
                texts = sample_texts()
                self.assertIn(SAMPLE_ROW, texts[path])
                texts[path] = texts[path].replace(SAMPLE_ROW, spoiled)
                faults = asvs.faults_of(texts, {"README.md"})
                self.assertTrue(any(told.endswith(fault) for told in faults), faults)

    def test_finds_a_chapter_too_few_or_too_many(self):
        texts = sample_texts()
        texts["asvs/v18.md"] = texts.pop(asvs.chapter_path(17))
        faults = asvs.faults_of(texts, {"README.md"})
        self.assertIn("17.1.1 is answered 0 times", faults)
        self.assertIn("asvs/v18.md is no chapter", faults)


class InventoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.texts = asvs.read_answers()
        cls.sources = {
            path: (asvs.ROOT / path).read_text(encoding="utf-8")
            for path in asvs.tracked_paths()
            if path.startswith(("common/", "services/")) and path.endswith((".cc", ".h"))
        }

    def assert_same(self, inventory, code):
        self.assertGreater(len(code), 10)
        faults = inventories.differences(inventory, code)
        self.assertTrue(not faults, "\n".join(["", *faults]))

    def test_every_use_of_cryptography_is_listed(self):
        self.assert_same(
            inventories.listed(self.texts["cryptography.md"], "file"),
            inventories.uses_cryptography(self.sources),
        )

    def test_every_event_of_the_log_is_listed(self):
        self.assert_same(
            inventories.listed(self.texts["logs.md"], "event"),
            inventories.logged_events(self.sources),
        )

    def test_finds_what_is_on_one_side_alone(self):
        text = "| event | tells |\n|---|---|\n| `started`, `gone` | `port` |\n\n| x |\n| `y` |\n"
        sources = {
            "a.cc": 'Log(kInfo, "started", {{"port", 1}});\nComplain("late_by", status);',
            "b.cc": "#include <openssl/evp.h>",
        }
        self.assertEqual(
            inventories.differences(
                inventories.listed(text, "event"), inventories.logged_events(sources)
            ),
            ["not listed: late_by", "listed, but not there: gone"],
        )
        self.assertEqual(inventories.uses_cryptography(sources), {"b.cc"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
