"""Settings for all tests: with ``PADDOCK_NO_SKIP=1`` a skipped test is a failure, as it is in CI."""

import os

import pytest


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the run if a test or a whole file was skipped. Expected failures are not skips."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("PADDOCK_NO_SKIP") != "1" or reporter is None or exitstatus != pytest.ExitCode.OK:
        return
    skipped = reporter.stats.get("skipped", [])
    if skipped:
        reporter.write_line(f"\n{len(skipped)} skipped, and PADDOCK_NO_SKIP=1 allows none", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
