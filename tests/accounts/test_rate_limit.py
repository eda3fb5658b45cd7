"""Clients over the rate limit are refused by every worker, even with a forged address."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.test import Client, RequestFactory

from ftz_site.shared_cache import SharedCache
from projects.accounts.client_address import client_ip, client_network
from projects.accounts.rate_limit import Rate, count
from projects.models import ApiToken
from tests.factories import make_project, make_user
from tests.helpers.production import ENVIRONMENT, ROOT

PROJECTS = "/api/v1/projects/"


@pytest.fixture
def rates(settings):
    settings.API_RATE_ANON, settings.API_RATE_USER = "3/min", "5/min"


@pytest.fixture
def clock(monkeypatch):
    """A clock that only moves when it is set."""
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def statuses(client, address=PROJECTS, times=4, **given):
    return [client.get(address, **given).status_code for _ in range(times)]


# --- Responses ---------------------------------------------------------------


@pytest.mark.django_db
def test_headers_have_the_limit_and_the_seconds_to_wait(client, rates, clock):
    answers = [client.get(PROJECTS) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer["RateLimit-Limit"] for answer in answers} == {"3"}
    assert answers[-1]["Retry-After"] == "60"
    assert answers[-1].json() == {"detail": "Too many requests. Try again in 60 seconds."}


@pytest.mark.django_db
def test_requests_are_allowed_after_those_seconds(client, rates, clock):
    statuses(client, times=3)
    clock[0] += 45
    refused = client.get(PROJECTS)
    clock[0] += int(refused["Retry-After"])

    assert refused["Retry-After"] == "15"
    assert statuses(client) == [200, 200, 200, 429]


@pytest.mark.django_db
def test_everything_below_the_api_counts_together(client, rates):
    addresses = ["/api/v1/", "/api/v1/projects/nowhere/", "/api/nowhere", "/api/schema/"]

    assert [client.get(address).status_code for address in addresses] == [200, 404, 404, 429]


@pytest.mark.django_db
def test_a_user_has_one_limit_at_all_addresses(client, rates):
    user = make_user("superuser")
    _token, key = ApiToken.objects.issue(user, "test")
    by_key = {"headers": {"authorization": f"Token {key}"}}
    statuses(client)

    asked = [
        client.get(PROJECTS, REMOTE_ADDR=f"192.0.2.{number}", **by_key).status_code
        for number in range(5)
    ]
    client.force_login(user)

    assert asked == [200] * 5
    assert client.get(PROJECTS).status_code == 429


@pytest.mark.django_db
def test_requests_with_invalid_keys_count_as_a_visitors(client, rates):
    guesses = [
        client.get(PROJECTS, headers={"authorization": f"Token guess-{number}"}).status_code
        for number in range(5)
    ]

    assert guesses == [401, 401, 401, 429, 429]
    assert client.get(PROJECTS).status_code == 429


@pytest.mark.django_db
def test_a_valid_key_works_at_an_address_that_guessed(client, rates):
    _token, key = ApiToken.objects.issue(make_user("superuser"), "test")
    statuses(client, headers={"authorization": "Token guess"})

    assert client.get(PROJECTS, headers={"authorization": f"Token {key}"}).status_code == 200


@pytest.mark.django_db
def test_what_is_refused_for_want_of_permission_counts_too(client, rates):
    refused = [client.post(PROJECTS, {}, "application/json").status_code for _ in range(4)]

    assert refused == [401, 401, 401, 429]


@pytest.mark.django_db
def test_files_are_limited_and_pages_are_not(client, rates):
    make_project()

    assert statuses(client, "/projects/") == [200] * 4
    assert statuses(client, "/projects/export.csv", times=2) == [200, 200]
    assert statuses(client, "/totals/export.json", times=1) == [200]
    refused = client.get("/projects/export.xlsx")
    assert (refused.status_code, refused["Content-Type"]) == (429, "text/plain; charset=utf-8")
    assert int(refused["Retry-After"]) > 0
    assert "Try again in" in refused.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", [PROJECTS, "/projects/export.json", "/api/docs/"])
def test_a_failing_cache_refuses_no_request(client, rates, monkeypatch, address, caplog):
    def fail(*args, **kwargs):
        raise OSError("the disk is full")

    monkeypatch.setattr(caches["limits"], "add", fail)

    assert statuses(client, address) == [200] * 4
    assert "cannot be counted" in caplog.text


# --- From where --------------------------------------------------------------


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("10.0.0.1, 203.0.113.9,198.51.100.7", "198.51.100.7"),
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:DB8:0::7", "2001:db8::7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("198.51.100.7, unknown", "192.0.2.1"),
        ("\xff\x00, '; DROP TABLE", "192.0.2.1"),
        ("", "192.0.2.1"),
    ],
)
def test_behind_a_proxy_what_it_wrote_last_is_the_address(behind_a_proxy, forwarded, address):
    request = RequestFactory().get(
        "/", REMOTE_ADDR="192.0.2.1", headers={"x-forwarded-for": forwarded}
    )

    assert client_ip(request) == address


def test_without_a_proxy_the_header_is_ignored():
    request = RequestFactory().get(
        "/", REMOTE_ADDR="192.0.2.1", headers={"x-forwarded-for": "198.51.100.7"}
    )

    assert client_ip(request) == "192.0.2.1"


def test_a_socket_of_the_machine_has_no_address():
    assert client_ip(RequestFactory().get("/", REMOTE_ADDR="")) == ""


def test_an_address_of_ipv6_counts_with_its_network():
    def network(address):
        return client_network(RequestFactory().get("/", REMOTE_ADDR=address))

    assert network("2001:db8:1:2:3:4:5:6") == network("2001:db8:1:2::") == "2001:db8:1:2::/64"
    assert network("2001:db8:1:3::") != network("2001:db8:1:2::")
    assert network("192.0.2.1") == "192.0.2.1"


@pytest.mark.django_db
def test_a_forged_header_wins_nothing(client, rates, behind_a_proxy):
    forged = [
        client.get(PROJECTS, headers={"x-forwarded-for": f"10.0.0.{number}, 198.51.100.7"})
        for number in range(4)
    ]

    assert [answer.status_code for answer in forged] == [200, 200, 200, 429]
    other = client.get(PROJECTS, headers={"x-forwarded-for": "198.51.100.7, 198.51.100.8"})
    assert other.status_code == 200


# --- Counting together -------------------------------------------------------


def test_a_rate_is_read_as_the_environment_gives_it():
    assert Rate.read("120/min") == Rate.read("120/m") == Rate(120, 60)
    assert [Rate.read(f"1/{unit}").seconds for unit in ("s", "hour", "day")] == [1, 3600, 86400]


@pytest.mark.parametrize("kind", ["memory", "shared"])
def test_of_many_threads_exactly_as_many_pass_as_may(kind, tmp_path, monkeypatch):
    if kind == "shared":
        cache = SharedCache(str(tmp_path / "cache.sqlite3"), {})
        monkeypatch.setattr("projects.accounts.rate_limit.caches", {"limits": cache})

    def passes(_number):
        return not count("one", Rate(100, 600)).is_exceeded

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(passes, range(300))) == 100


COUNTING = """
import django, json, sys
from django.conf import settings
settings.CACHES["limits"]["LOCATION"] = sys.argv[1]
django.setup()
from projects.accounts.rate_limit import Rate, count
sys.stdin.readline()
print(json.dumps([count("one", Rate(100, 600)).count for _ in range(60)]))
"""


def test_processes_share_one_limit(tmp_path, rounds):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING, tmp_path / "cache.sqlite3"],
            env=ENVIRONMENT | {"DJANGO_SETTINGS_MODULE": "ftz_site.settings"},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(rounds(2, 6))
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()

    counts = [number for process in processes for number in json.loads(process.communicate()[0])]

    assert sorted(counts) == list(range(1, 60 * len(processes) + 1))
    assert sum(number <= 100 for number in counts) == 100


def test_a_new_period_begins_for_all_processes(tmp_path, monkeypatch, clock):
    monkeypatch.setattr(
        "projects.accounts.rate_limit.caches",
        {"limits": SharedCache(str(tmp_path / "cache.sqlite3"), {})},
    )
    rate = Rate(2, 60)
    first = [count("one", rate) for _ in range(3)]
    clock[0] += 60

    again = [count("one", rate) for _ in range(3)]

    assert [usage.is_exceeded for usage in first + again] == [False, False, True] * 2
    assert [usage.retry_after for usage in again] == [60, 60, 60]


# --- The cache ---------------------------------------------------------------


@pytest.fixture
def cache(tmp_path):
    return SharedCache(str(tmp_path / "folder" / "cache.sqlite3"), {})


@pytest.mark.parametrize("value", [0, -1, 2**40, True, None, "text 文", [1, {"a": 1.5}], 1.25])
def test_the_cache_gives_back_what_was_kept(cache, value):
    cache.set("key", value)

    assert cache.get("key", default="nothing") == value
    assert type(cache.get("key")) is type(value)


def test_what_has_expired_is_not_there(cache, clock):
    cache.set("key", 1, timeout=10)
    cache.set("lasting", 2, timeout=None)
    assert not cache.add("key", 3, timeout=10)
    clock[0] += 10

    assert cache.get("key") is None
    assert cache.get("lasting") == 2
    with pytest.raises(ValueError, match="key"):
        cache.incr("key")
    assert not cache.touch("key")
    assert cache.add("key", 3, timeout=10)
    assert cache.get("key") == 3


def test_the_cache_counts_up_and_down_numbers_only(cache):
    cache.set("number", 5)
    cache.set("text", "5")

    assert (cache.incr("number"), cache.incr("number", 10), cache.decr("number")) == (6, 16, 15)
    with pytest.raises(ValueError, match="text"):
        cache.incr("text")
    with pytest.raises(ValueError, match="nothing"):
        cache.incr("nothing")


def test_what_is_deleted_or_cleared_is_gone(cache):
    cache.set_many({"a": 1, "b": 2, "c": 3})

    assert (cache.delete("a"), cache.delete("a")) == (True, False)
    assert cache.get_many(["a", "b", "c"]) == {"b": 2, "c": 3}
    cache.clear()
    assert cache.get_many(["b", "c"]) == {}


def test_what_has_expired_is_cleared_away_now_and_then(cache, clock, monkeypatch):
    monkeypatch.setattr("ftz_site.shared_cache.random.randrange", lambda _most: 0)
    for number in range(3):
        cache.add(f"old-{number}", number, timeout=1)
    clock[0] += 2

    cache.add("new", 1)

    kept = cache._connection().execute("SELECT key FROM entries").fetchall()
    assert kept == [(cache.make_key("new"),)]


@pytest.mark.django_db
def test_a_broken_cache_file_refuses_no_request(tmp_path, rates, monkeypatch):
    (tmp_path / "cache.sqlite3").write_bytes(b"no database at all" * 100)
    broken = SharedCache(str(tmp_path / "cache.sqlite3"), {})
    monkeypatch.setattr("projects.accounts.rate_limit.caches", {"limits": broken})

    assert statuses(Client()) == [200] * 4
