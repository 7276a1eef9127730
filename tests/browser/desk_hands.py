"""Two ways to work at the desk in a browser: pressing what one sees, and the keyboard alone."""

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
        with self.page.expect_navigation():
            self.button(words).first.click()

    def undo(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("form.undo button").first.click()

    def unfold(self, form: str) -> None:
        """Open the fold of a form, unless it is open."""
        fold = self.page.locator(f"details:has(#act-{form})")
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()

    def choose(self, form: str, name: str, value: str) -> None:
        self.page.locator(f'#act-{form} input[name="{name}"][value="{value}"]').check()

    def pick(self, form: str, name: str, label: str) -> None:
        self.page.locator(f"#f-{form}-{name}").select_option(label=label)

    def write(self, form: str, name: str, words: str) -> None:
        self.page.locator(f"#f-{form}-{name}").fill(words)

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

    def press(self, words: str) -> None:
        self._to(self.button(words).first)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def undo(self) -> None:
        self._to(self.page.locator("form.undo button").first)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def unfold(self, form: str) -> None:
        fold = self.page.locator(f"details:has(#act-{form})")
        if fold.get_attribute("open") is None:
            self._to(fold.locator("summary"))
            self.page.keyboard.press("Enter")

    def choose(self, form: str, name: str, value: str) -> None:
        radios = self.page.locator(f'#act-{form} input[name="{name}"]')
        checked = self.page.locator(f'#act-{form} input[name="{name}"]:checked')
        self._to(checked if checked.count() else radios.first)
        values = [one.get_attribute("value") for one in radios.all()]
        if name == "result":  # the second of the two keys
            self.page.keyboard.press(str(values.index(value) + 1))
        elif not checked.count():
            self.page.keyboard.press("Space")
        for _ in values:
            if radios.nth(values.index(value)).is_checked():
                break
            self.page.keyboard.press("ArrowDown")
        expect(radios.nth(values.index(value))).to_be_checked()

    def pick(self, form: str, name: str, label: str) -> None:
        self._to(self.page.locator(f"#f-{form}-{name}"))
        self.page.keyboard.type(label)

    def write(self, form: str, name: str, words: str) -> None:
        self._to(self.page.locator(f"#f-{form}-{name}"))
        self.page.keyboard.type(words)

    def moment(self, form: str, name: str, day: str, time: str) -> None:
        self._to(self.page.locator(f"#f-{form}-{name}"))
        self.page.keyboard.type(day.replace("/", ""))
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(time.replace(":", ""))
