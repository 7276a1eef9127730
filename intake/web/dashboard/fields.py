"""Fields of staff forms as the macro of ``components/form.html`` draws them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StaffField:
    """One field; see the macro for what each part is."""

    name: str
    kind: str
    label: str
    hint: str = ""
    reason: str = ""
    choices: tuple[tuple[str, str, str], ...] = ()
    value: str | tuple[str, ...] = ""
    error: str = ""
    note: str = ""
    optional: bool = False
    autocomplete: str = ""
    inputmode: str = ""
    max_length: int = 256
    counter: bool = False
    width: str = "full"
    is_heading: bool = False
    shown_if: str = ""
    link: tuple[str, str] | None = None
    form: str = ""  # where a page has several forms, so that no two controls share an id

    @property
    def id(self) -> str:
        """The control's id, which error links lead to."""
        return f"f-{self.form}-{self.name}" if self.form else f"f-{self.name}"


def password_field(name: str, label: str, *, hint: str = "", error: str = "") -> StaffField:
    """Return a field for a new password; pasting and password managers work."""
    return StaffField(name, "password", label, hint=hint, error=error, autocomplete="new-password")
