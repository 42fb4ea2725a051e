"""Static files and the headers that guard pages."""

import gzip

import pytest

from services.campaigns.look.static_files import FOLDER, address_of
from tests.services.campaigns.look.page_reader import read

pytestmark = pytest.mark.anyio


async def test_a_static_file_is_named_by_its_content_and_kept_for_a_year(visitor):
    answer = await visitor.get(address_of("style.css"), headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert answer.content == (FOLDER / "style.css").read_bytes()
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_static_file_travels_compressed(visitor):
    async with visitor.stream("GET", address_of("style.css"), headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert len(raw) < 8_000
    assert gzip.decompress(raw) == (FOLDER / "style.css").read_bytes()


@pytest.mark.parametrize("path", ["/static/style.css", "/static/..%2fpages.py", "/static/", "/static/a/b"])
async def test_nothing_else_is_served(visitor, path):
    answer = await visitor.get(path)
    assert answer.status_code == 404
    read(answer)


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/nulle-part", 404), ("/offres/rien", 404), ("/planification", 200)]
)
async def test_every_page_runs_nothing_loads_nothing_foreign_and_is_in_no_frame(visitor, path, status):
    answer = await visitor.get(path)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert read(answer).all("html") == [{"lang": "fr"}]
