"""The way to the other language leads to the same page of this site, whatever stands in the address."""

import re

import pytest

pytestmark = pytest.mark.anyio

HERE = "http://testserver.local"
LINK = re.compile(r'<a [^>]*href="([^"]*)"[^>]*hreflang="(?:fr|en)"|<a [^>]*hreflang="(?:fr|en)"[^>]*href="([^"]*)"')


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("path", ["//evil.example/x", "/%2Fevil.example", "/%5Cevil.example", "/%09/evil.example"])
async def test_an_address_that_looks_like_another_host_is_led_to_none(visitor, prefix, path):
    answer = await visitor.get(f"{HERE}{prefix}{path}")
    assert answer.status_code == 404
    led_to = [one or other for one, other in LINK.findall(answer.text)]
    assert led_to
    for address in led_to:
        assert re.match(r"/(?![/\\\s])", address), address
        assert "\t" not in address


async def test_the_way_to_the_other_language_keeps_letters_and_what_was_asked(visitor):
    answer = await visitor.get("/en/offres/été?q=caf%C3%A9&p=2")
    assert "/offres/%C3%A9t%C3%A9?q=caf%C3%A9&amp;p=2" in answer.text
