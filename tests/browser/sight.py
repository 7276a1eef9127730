"""What a keyboard and a screen reader meet: whether the focus shows, and what things are called."""

from typing import Any

from playwright.sync_api import Page

# The focus shows by an outline or a shadow around the element, or around its tile or its row.
SHOWS = """() => {
  const drawn = (one) => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
      || (style.boxShadow !== "none" && one.matches(".tile, .queue > li"));
  };
  const here = document.activeElement;
  const box = here.getBoundingClientRect();
  const around = here.closest(".tile") || here.closest(".queue > li") || here;
  const seen = box.bottom > 0 && box.top < innerHeight;
  return [here, around].some(drawn) && seen
    ? "" : `${here.tagName} ${here.id || here.className} ${here.innerText || ""}`.slice(0, 80);
}"""
AT = "selector => document.activeElement.matches(selector)"
# A fold is a group without a name; that each fieldset has a legend is seen by test_templates.py.
NAMED = frozenset(
    {"textbox", "radio", "checkbox", "combobox", "button", "link", "region", "navigation"}
)


def tab_to(page: Page, selector: str, *, most: int = 80) -> list[str]:
    """Press Tab until ``selector`` has the focus, and return the stops whose focus did not show."""
    hidden = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if unseen := page.evaluate(SHOWS):
            hidden.append(unseen)
        if page.evaluate(AT, selector):
            return hidden
    raise AssertionError(f"Tab never reached {selector}")


def press_choice(page: Page, name: str, value: str) -> list[str]:
    """Reach a group of radios or boxes by Tab and choose one of them by keys alone."""
    radio = f'input[name="{name}"][type="radio"]'
    if not page.locator(radio).count():
        hidden = tab_to(page, f'input[name="{name}"][value="{value}"]')
        page.keyboard.press("Space")
        return hidden
    hidden = tab_to(page, radio)
    page.keyboard.press("Space")
    for _ in range(page.locator(radio).count()):
        if page.evaluate(AT, f'{radio}[value="{value}"]:checked'):
            return hidden
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow keys never chose {name}={value}")


def tree(page: Page) -> list[dict[str, Any]]:
    """Return the accessibility tree as Chromium gives it to screen readers, in reading order."""
    page.wait_for_load_state()  # A click comes back as soon as the next page begins.
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}
    read, waiting = [], [nodes[0]["nodeId"]]
    while waiting:  # Chromium answers level by level; a person hears one branch after the other
        node = by_id.get(waiting.pop())
        if node is not None:
            read.append(node)
            waiting += reversed(node.get("childIds", []))
    return [node for node in read if not node.get("ignored")]


def role_of(node: dict[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def name_of(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


def unnamed(page: Page) -> list[str]:
    """Return the roles of what a screen reader would announce without a name."""
    return [role_of(node) for node in tree(page) if role_of(node) in NAMED and not name_of(node)]
