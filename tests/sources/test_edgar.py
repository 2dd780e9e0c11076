"""The network: who asks and how often is given to the library, and hostile answers go nowhere."""

from __future__ import annotations

import gzip

import httpx
import pytest

from cardhouse.errors import InputError
from cardhouse.sources import edgar as module
from cardhouse.sources.edgar import check_identity, company_facts, connected, find_cik, find_ticker

ADDRESS = "https://data.sec.gov/api/xbrl/companyfacts/CIK0001769628.json"
WHO = "Jane Doe jane@example.com"


def ask(handler) -> bytes:
    with httpx.Client(transport=httpx.MockTransport(handler)) as client:
        return company_facts(1769628, client)


def test_identity_and_pace_are_handed_to_the_library(monkeypatch) -> None:
    from edgar import httpclient

    asked: dict[str, object] = {}
    real = httpclient.get_http_mgr

    def spy(**options):
        asked.update(options)
        return real(**options)

    monkeypatch.setattr(httpclient, "get_http_mgr", spy)
    with connected(WHO) as client:
        assert client.headers["User-Agent"] == WHO
        assert client.timeout.read is not None
    assert asked == {"cache_enabled": False, "request_per_sec_limit": 5}  # the SEC allows ten
    assert client.is_closed


def test_the_question_is_the_documented_address() -> None:
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, content=b"{}")

    assert ask(handler) == b"{}"
    assert seen == [ADDRESS]


def test_tickers_and_numbers_come_from_the_librarys_list_without_the_network() -> None:
    assert find_cik("crwv") == 1769628
    assert find_cik("BRK.B") == find_cik("BRK-B") == 1067983
    assert find_cik("0700.HK") is None
    assert find_ticker(1045810) == "NVDA"
    assert find_ticker(7) == ""


@pytest.mark.parametrize("good", [WHO, "  Jane Doe  jane.doe+sec@mail.example.co.uk ", "Acme Research data@acme.com"])
def test_a_name_and_an_address_say_who_asks(good) -> None:
    assert check_identity(good) == good.strip()


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "",
        "  ",
        "jane",
        "jane@example.com",
        "Jane Doe",
        "Jane Doe jane@example",
        "Jane Doe jane@@example.com",
        "Jane\r\nX: y jane@example.com",
        "张三 zhang@example.com",
        "J " * 200 + "jane@example.com",
    ],
)
def test_without_them_it_is_asked_for(bad) -> None:
    with pytest.raises(InputError, match=r"expected a name and an e-mail address.*--identity.*CARDHOUSE_IDENTITY"):
        check_identity(bad)


@pytest.mark.parametrize("error", [httpx.ConnectError("no route"), httpx.ReadTimeout("slow"), OSError("broken")])
def test_offline_it_says_so_in_one_line_and_what_to_do(error) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(InputError, match=r"cannot be reached .*check the connection") as caught:
        ask(handler)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "words"), [(403, "name and e-mail"), (404, "no company facts"), (429, "ten minutes"), (503, "try again")]
)
def test_a_refusal_says_what_to_do(status, words) -> None:
    with pytest.raises(InputError, match=f"answers {status}: .*{words}"):
        ask(lambda request: httpx.Response(status, content=b"<html>no</html>"))


def test_a_redirect_inside_sec_gov_is_followed() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.host == "data.sec.gov":
            return httpx.Response(301, headers={"Location": "https://www.sec.gov/facts.json"})
        return httpx.Response(200, content=b"{}")

    assert ask(handler) == b"{}"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/x",
        "http://data.sec.gov/x",
        "https://sec.gov.evil.example/x",
        "https://evilsec.gov/x",
        "https://data.sec.gov@evil.example/x",
        "https://data.sec.gov:8443/x",
        "file:///etc/passwd",
        "//169.254.169.254/latest",
        "https://[::1/x",
    ],
)
def test_a_redirect_elsewhere_is_not(target) -> None:
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        return httpx.Response(302, headers={"Location": target})

    with pytest.raises(InputError):
        ask(handler)
    assert seen == ["data.sec.gov"]


def test_redirects_end() -> None:
    with pytest.raises(InputError, match="redirects more than 3 times"):
        ask(lambda request: httpx.Response(302, headers={"Location": ADDRESS}))


def test_an_answer_too_large_is_not_read_even_when_packed_small(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1_000_000)
    packed = gzip.compress(b" " * 2_000_000)
    assert len(packed) < 10_000
    with pytest.raises(InputError, match="larger than 1 MB"):
        ask(lambda request: httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=packed))


def test_an_answer_too_slow_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_SECONDS", -1.0)
    with pytest.raises(InputError, match="took longer"):
        ask(lambda request: httpx.Response(200, content=b"{}"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImportError("edgar"), r"cardhouse\[sources\]"),
        (PermissionError(13, "Permission denied"), "EDGAR_LOCAL_DATA_DIR"),
    ],
)
def test_without_the_library_it_says_what_to_install(monkeypatch, error, words) -> None:
    def refuse(name: str):
        raise error

    monkeypatch.setattr(module, "import_module", refuse)
    with pytest.raises(InputError, match=words):
        find_cik("CRWV")
