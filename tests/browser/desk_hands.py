"""Two ways to work at the desk in a browser: pressing what one sees, and the keyboard alone."""

import re

from playwright.sync_api import Locator, Page, expect

TABS_MAX = 160
IS_FOCUSED = "one => one === document.activeElement"


class Pointing:
    """Finds things by their words and presses them; needs no script."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def button(self, words: str) -> Locator:
        return self.page.locator("main").get_by_role("button", name=words, exact=True)

    def press(self, words: str) -> None:
        """Press the button with exactly these words and wait for the page that follows."""
        self.go(self.button(words).first)

    def undo(self) -> None:
        self.go(self.page.locator("form.undo button").first)

    def go(self, target: Locator) -> None:
        """Press a link or a button and wait for the page that follows."""
        with self.page.expect_navigation():
            target.click()

    def fill(self, target: Locator, words: str) -> None:
        target.fill(words)

    def tick(self, box: Locator) -> None:
        box.check()

    def mark(self, radios: Locator, value: str) -> None:
        """Choose the one of ``radios`` with this value."""
        radios.and_(self.page.locator(f'[value="{value}"]')).check()

    def select(self, target: Locator, label: str) -> None:
        """Choose the first option whose words begin so: a letter's name says more behind it."""
        begins = re.compile(rf"^\s*{re.escape(label)}")
        option = target.locator("option").filter(has_text=begins).first
        target.select_option(value=option.get_attribute("value"))

    def unfold(self, form: str) -> None:
        """Open the fold of a form, unless it is open."""
        fold = self.page.locator(f"details:has(#act-{form})")
        if fold.get_attribute("open") is None:
            self.open(fold.locator("summary"))

    def open(self, summary: Locator) -> None:
        """Open a fold by its summary."""
        summary.click()

    def choose(self, form: str, name: str, value: str) -> None:
        self.mark(self.page.locator(f'#act-{form} input[name="{name}"]'), value)

    def pick(self, form: str, name: str, label: str) -> None:
        self.select(self.page.locator(f"#f-{form}-{name}"), label)

    def write(self, form: str, name: str, words: str) -> None:
        self.fill(self.page.locator(f"#f-{form}-{name}"), words)

    def moment(self, form: str, name: str, day: str, time: str) -> None:
        """Fill in a day (12/01/2030) and a time (09:00AM)."""
        month, date, year = day.split("/")
        self.page.locator(f"#f-{form}-{name}").fill(f"{year}-{month}-{date}T{time[:5]}")


class Typing(Pointing):
    """Uses Tab, arrows, letters, Space and Enter, and nothing else."""

    def _to(self, target: Locator) -> None:
        for _ in range(TABS_MAX):
            if target.evaluate(IS_FOCUSED):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {target}")

    def _into(self, radios: Locator) -> None:
        checked = radios.and_(self.page.locator(":checked"))
        self._to(checked if checked.count() else radios.first)

    def go(self, target: Locator) -> None:
        self._to(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def fill(self, target: Locator, words: str) -> None:
        self._to(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def tick(self, box: Locator) -> None:
        self._to(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def mark(self, radios: Locator, value: str) -> None:
        wanted = radios.and_(self.page.locator(f'[value="{value}"]'))
        self._into(radios)
        if not radios.and_(self.page.locator(":checked")).count():
            self.page.keyboard.press("Space")
        for _ in range(radios.count()):
            if wanted.is_checked():
                break
            self.page.keyboard.press("ArrowDown")
        expect(wanted).to_be_checked()

    def select(self, target: Locator, label: str) -> None:
        self._to(target)
        self.page.keyboard.type(label)

    def open(self, summary: Locator) -> None:
        self._to(summary)
        self.page.keyboard.press("Enter")

    def choose(self, form: str, name: str, value: str) -> None:
        radios = self.page.locator(f'#act-{form} input[name="{name}"]')
        if name == "result":  # in two keys: to the list, and the number
            self._into(radios)
            values = [one.get_attribute("value") for one in radios.all()]
            self.page.keyboard.press(str(values.index(value) + 1))
        self.mark(radios, value)

    def moment(self, form: str, name: str, day: str, time: str) -> None:
        self._to(self.page.locator(f"#f-{form}-{name}"))
        self.page.keyboard.type(day.replace("/", ""))
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(time.replace(":", ""))
