"""What browsers and programs call themselves, in words."""

import pytest

from brainstem.web.accounts.agents import in_words

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME}", "Chrome on Linux"),
        (f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {CHROME}", "Chrome on Android"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/140.0.0.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {CHROME} OPR/120.0.0.0", "Opera on macOS"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari on iOS",
        ),
        ("python-requests/2.32.3", "Python"),
        ("curl/8.14.1", "curl"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("x" * 300, "x" * 40),
        ("", "Unknown"),
    ],
)
def test_programs_and_systems_are_named(agent, words):
    assert in_words(agent) == words
