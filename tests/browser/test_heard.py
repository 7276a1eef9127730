"""What somebody hears who cannot see the page: each form of the private page says what it did.

A form leads back to a page that may look as it did before. The title is read first and says what
was done, or that something is wrong; then the same sentence has the focus.
"""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.private import open_private_page
from tests.browser.sight import name_of, role_of, tree
from tests.running import Running
from tests.visitor import ANA

MAIN = "main form button.button"
HEARD = """() => {
  const here = document.activeElement;
  return here.matches("[data-focus]") ? here.innerText.trim().split("\\n")[0] : here.tagName;
}"""


def heard_after(page: Page, address: str, act: Callable[[], None]) -> tuple[str, str]:
    """Open ``address``, act, and return the new page's title and the words that have the focus."""
    page.goto(address)
    page.evaluate("document.title = 'before'")
    act()
    page.wait_for_function("document.title !== 'before' && document.readyState === 'complete'")
    expect(page.locator("[data-focus]").first).to_be_focused()
    return page.title(), page.evaluate(HEARD)


def test_every_form_of_the_private_page_is_heard(new_page: NewPage, service: Running) -> None:
    page = new_page(language="es", width=390)
    path = open_private_page(
        page, service, "/es", {**ANA, "language": "es", "email": "heard@mail.example.org"}
    )
    assert page.title().startswith("Su página privada – ")

    def press(selector: str) -> Callable[[], None]:
        return page.locator(selector).first.click

    def write() -> None:
        page.fill("textarea", "Buenos días")
        page.locator("form[action$='/messages'] button").click()

    done = [
        heard_after(page, path, write),
        heard_after(page, f"{path}/corrections", press(MAIN)),
        heard_after(page, f"{path}/contact-times", press(MAIN)),
        heard_after(page, f"{path}/permissions", press("[aria-labelledby='p-call'] button")),
        heard_after(page, f"{path}/withdrawal", press(MAIN)),
        heard_after(page, f"{path}/withdrawal", press(MAIN)),
        heard_after(page, f"{path}/erasure", press(MAIN)),
        heard_after(page, path, press("form[action$='/closing'] button")),
    ]
    sentences = [focused for _, focused in done]
    assert sentences == [
        "Recibimos su mensaje.",
        "Guardamos sus cambios.",
        "Guardamos sus cambios.",
        "Guardado. Llamadas: No.",
        "Usted retiró esta solicitud. No le contactaremos por ella.",
        "Su solicitud sigue adelante. Podemos contactarle otra vez por ella.",
        "Ya nos lo pidió. Confirme abajo para borrar su información.",
        "Cerramos su página privada en este navegador.",
    ]
    assert [title for title, focused in done if not title.startswith(f"{focused} ")] == []


def test_every_refusal_of_the_private_page_is_heard(new_page: NewPage, service: Running) -> None:
    page = new_page(language="es", width=390)
    path = open_private_page(
        page, service, "/es", {**ANA, "language": "es", "email": "refused@mail.example.org"}
    )

    def bare() -> None:
        for box in page.locator('input[name="contact_by"]').all():
            box.uncheck()
        page.locator(MAIN).first.click()

    wrong = [
        heard_after(page, f"{path}/contact-times", bare),
        heard_after(page, "/es/withdraw", page.locator(MAIN).first.click),
        heard_after(page, "/es/withdraw/undo", page.locator(MAIN).first.click),
    ]
    heard_after(page, f"{path}/erasure", page.locator(MAIN).first.click)
    wrong.append(heard_after(page, f"{path}/erasure", page.locator(MAIN).first.click))
    too_late = heard_after(page, f"{path}/contact-times", bare)

    assert {focused for _, focused in wrong} == {"Hay un problema"}
    assert too_late[1].startswith("Aquí no se cambió nada.")
    assert [title for title, _ in [*wrong, too_late] if not title.startswith("Error: ")] == []


def test_the_receipts_link_is_called_by_words_and_read_in_order(
    new_page: NewPage, service: Running
) -> None:
    page = new_page(language="es")
    visitor = service.visitor
    answers = {**ANA, "language": "es", "email": "words@mail.example.org"}
    sent = visitor.send(answers, visitor.form()).location
    page.goto(f"/es{sent}")

    links = [name_of(node) for node in tree(page) if role_of(node) == "link"]
    assert "Su enlace privado" in links
    assert [name for name in links if "://" in name] == []
    read = [name_of(node) for node in tree(page) if role_of(node) == "heading"]
    assert read[:3] == ["Recibimos su solicitud", "Qué pasa ahora", "Lo que envió"]


def test_too_many_characters_are_said_in_words(new_page: NewPage) -> None:
    page = new_page(language="es")
    page.goto("/es/ask/all")
    told = page.locator("#f-story-count")

    page.fill("#f-story", "x" * 1512)

    expect(told).to_have_text("Tiene 12 caracteres de más")
    page.fill("#f-story", "x" * 1490)
    expect(told).to_have_text(re.compile("^Le quedan 10 caracteres$"))
