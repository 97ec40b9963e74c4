"""`kept data` on a platform that runs: counts come out, and what is too small does not."""

from tests.fixtures.platform import Platform
from tests.journeys.people import sign_up


def test_counts_of_a_platform_with_few_members_tell_nothing_of_them(platform: Platform) -> None:
    sign_up(platform.url)
    done = platform.kept("data", "counts", "--table", "account", "--by", "country", "--by", "created_at:month")
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.strip().splitlines()[-1]
    assert "groups left out (k = 10)" in last
    for line in done.stdout.strip().splitlines()[:-1]:
        assert int(line.split()[-1]) >= 10
    refused = platform.kept("data", "counts", "--table", "account", "--by", "handle")
    assert refused.returncode == 65
    assert "somebody's" in refused.stderr
