"""Runs the cases of a Python test and, where GTEST_OUTPUT asks for it, reports each of them as a
program of GoogleTest does, so that tests/run counts cases and not programs."""

import os
import pathlib
import unittest
import xml.etree.ElementTree as ElementTree


class CaseResult(unittest.TextTestResult):
    """Remembers how each case ended."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.endings = {}

    def stopTest(self, test):  # noqa: N802
        self.endings.setdefault(test.id(), "passed")
        super().stopTest(test)

    def addFailure(self, test, err):  # noqa: N802
        self.endings[test.id()] = "failed"
        super().addFailure(test, err)

    def addError(self, test, err):  # noqa: N802
        self.endings[test.id()] = "failed"
        super().addError(test, err)

    def addSkip(self, test, reason):  # noqa: N802
        self.endings[test.id()] = "skipped"
        super().addSkip(test, reason)

    def addSubTest(self, test, subtest, err):  # noqa: N802
        if err is not None:
            self.endings[test.id()] = "failed"
        super().addSubTest(test, subtest, err)

    def addUnexpectedSuccess(self, test):  # noqa: N802
        self.endings[test.id()] = "failed"
        super().addUnexpectedSuccess(test)


def write(endings, path):
    suites = ElementTree.Element("testsuites")
    for identity, ending in endings.items():
        suite, _, name = identity.rpartition(".")
        case = ElementTree.SubElement(
            ElementTree.SubElement(suites, "testsuite", name=suite.removeprefix("__main__.")),
            "testcase", name=name, status="run")
        if ending != "passed":
            ElementTree.SubElement(case, "failure" if ending == "failed" else "skipped")
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)


def main(program):
    """Runs the module __main__ as `program`, its name in ctest, and ends the process. A file of
    another run must not speak for this one."""
    kind, _, folder = os.environ.get("GTEST_OUTPUT", "").partition(":")
    path = pathlib.Path(folder) / f"{program}.xml" if kind == "xml" and folder else None
    if path is not None:
        path.unlink(missing_ok=True)
    runner = unittest.TextTestRunner(resultclass=CaseResult, verbosity=2)
    done = unittest.main(testRunner=runner, exit=False)
    if path is not None:
        write(done.result.endings, path)
    raise SystemExit(0 if done.result.wasSuccessful() else 1)


def need(tools):
    """Skips the test where one of these programs is missing; fails where the environment has CI."""
    missing = [tool for tool, found in tools.items() if not found]
    if missing and os.environ.get("CI"):
        raise AssertionError(f"not installed: {', '.join(missing)}")
    if missing:
        raise unittest.SkipTest(f"not installed: {', '.join(missing)}")
