"""What forms and addresses bring: odd ids and numbers are nothing, and a form nobody can decode is a bad request."""

from uuid import UUID

import pytest

from services.campaigns.given import read_id, read_number

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("text", ["", "rien", "٣", "0" * 400, "00000000-0000-0000-0000-00000000000g"])
def test_what_is_no_id_is_none(text):
    assert read_id(text) is None


def test_an_id_is_read_however_it_is_written():
    assert read_id("00000000-0000-0000-0000-00000000000A") == UUID(int=10) == read_id("0" * 31 + "a")


@pytest.mark.parametrize(
    ("value", "number"), [("7", 7), ("007", 7), ("", -1), ("٣", -1), ("-3", -1), ("1" * 10, -1), (None, -1), (7, -1)]
)
def test_a_number_is_figures_that_fit_a_column(value, number):
    assert read_number(value) == number


@pytest.mark.parametrize("path", ["/lien", "/offres/semaine/question", "/offres/semaine/inscription"])
async def test_a_form_in_an_encoding_that_nobody_knows_is_a_bad_request(visitor, small_week, path):
    part = b'Content-Disposition: form-data; name="email"\r\nContent-Type: text/plain; charset=klingon\r\n\r\nx'
    answer = await visitor.post(
        path.replace("semaine", small_week.slug),
        content=b"--b\r\n" + part + b"\r\n--b--\r\n",
        headers={"content-type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code == 400
