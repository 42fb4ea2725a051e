"""A walk: somebody in a browser on the running product, who opens the links of their mails; in French or in English."""

import asyncio
import re
from urllib.parse import urlsplit

from msgspec import Struct
from playwright.async_api import Page, expect

from tests.browser import press
from tests.mail_sink import Accepted
from tests.stories.story import Story

SCREENS = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 900}}


class Words(Struct, frozen=True):
    """What stands on the buttons, and what is looked for in pages and mails; `home` begins every address."""

    home: str
    register: str
    see_your_mail: str
    confirm: str
    confirmed: str
    get_calendar: str
    this_device: str
    give_up: str
    given_up: str


FRENCH = Words(
    home="/",
    register="S’inscrire",
    see_your_mail="voyez votre messagerie",
    confirm="Confirmer l’inscription",
    confirmed="Votre place est confirmée",
    get_calendar="Recevoir mon calendrier par e-mail",
    this_device="L’agenda de cet appareil",
    give_up="Renoncer à l’inscription",
    given_up="Vous avez renoncé à cette inscription",
)
ENGLISH = Words(
    home="/en",
    register="Register",
    see_your_mail="look at your mail",
    confirm="Confirm the registration",
    confirmed="Your seat is confirmed",
    get_calendar="Get my calendar by e-mail",
    this_device="The calendar of this device",
    give_up="Give the registration up",
    given_up="You have given this registration up",
)


async def name_the_week(story: Story, *, title: str, city: str) -> None:
    """A title that no other story's week has, in a town; an address must be proven there, as in new public offers."""
    await story.system.pool.execute(
        "UPDATE campaigns.offers SET title = $2, city = $3, proof_of_address = true WHERE id = $1",
        story.week.offer_id,
        title,
        city,
    )


async def find(page: Page, story: Story, words: Words, *, town: str, title: str) -> None:
    """From the first page by a town to the page of the offer."""
    await page.goto(story.system.settings.base_url + words.home)
    await page.fill("#lieu", town)
    await press(page, ".finder button")
    await press(page, page.get_by_role("link", name=title))
    assert await page.locator("h1").inner_text() == title


async def fill_in(page: Page, story: Story, number: int) -> None:
    """The four fields and the age; the form of an offer stands open."""
    for name, value in {
        "first_name": "Camille",
        "last_name": "Dupré " + "abcdefghij"[number],
        "email": story.address(number),
        "school": "Lycée Jacques Prévert, Pont-Audemer",
    }.items():
        await page.fill(f"#{name}", value)
    await page.check("#under_15-non")


async def mail_with(story: Story, address: str, beginning: str, *, after: int = 0) -> tuple[Accepted, str]:
    """The first mail but `after` to an address that has a link to such a path, once it is there; and the path."""
    for _ in range(600):
        for mail in story.system.sink.to(address)[after:]:
            if found := re.search(rf"https?://[^/\s]+({beginning}/\S+)", mail.text):
                return mail, urlsplit(found[1]).path
        await asyncio.sleep(0.1)
    raise AssertionError([(mail.subject, mail.text) for mail in story.system.sink.to(address)])


async def open_path(page: Page, story: Story, path: str) -> None:
    await page.goto(story.system.settings.base_url + path)


async def status_of(story: Story) -> list[str]:
    """What has become of the registrations of the story's week, oldest first."""
    rows = await story.system.pool.fetch(
        "SELECT status FROM campaigns.registrations WHERE offer_id = $1 ORDER BY id", story.week.offer_id
    )
    return [row["status"] for row in rows]


async def walk_from_finding_to_withdrawing(page: Page, story: Story, words: Words) -> None:
    """Find by town, register, prove the address from the mailbox, the personal space, subscribe, withdraw."""
    english = words is ENGLISH
    address, title = story.address(0), f"Semaine {story.week.slug}"
    await name_the_week(story, title=title, city="Bernay")
    await find(page, story, words, town="bernais", title=title)
    assert await page.locator("html").get_attribute("lang") == ("en" if english else "fr")
    await press(page, page.locator(".bar").get_by_role("link", name=words.register))
    await fill_in(page, story, 0)
    await page.click("main form button[type=submit]")
    await expect(page.locator("h1")).to_contain_text(words.see_your_mail)
    assert await status_of(story) == ["held"]

    prefix = "/en" if english else ""
    _, link = await mail_with(story, address, f"{prefix}/inscriptions")
    await open_path(page, story, link)
    await press(page, page.get_by_role("button", name=words.confirm))
    assert await page.locator("h1").inner_text() == words.confirmed
    assert await page.locator("main .diary").count() > 0
    assert await status_of(story) == ["confirmed"]

    before = len(story.system.sink.to(address))
    await press(page, page.get_by_role("button", name=words.get_calendar))
    _, agenda = await mail_with(story, address, f"{prefix}/agenda/personal", after=before)
    await open_path(page, story, agenda)
    feed = await page.get_by_role("link", name=words.this_device).get_attribute("href")
    assert feed is not None
    assert await _entries(story, feed) == 10

    await open_path(page, story, link)
    await press(page, page.get_by_role("link", name=words.give_up))
    await press(page, page.get_by_role("button", name=words.give_up))
    assert await page.locator("h1").inner_text() == words.given_up
    assert await status_of(story) == ["withdrawn"]
    await story.settled()
    assert await _entries(story, feed) == 0


async def _entries(story: Story, feed: str) -> int:
    answer = await story.system.http.get(urlsplit(feed).path)
    assert answer.status_code == 200
    return sum("STATUS:CANCELLED" not in entry for entry in answer.text.split("BEGIN:VEVENT")[1:])
