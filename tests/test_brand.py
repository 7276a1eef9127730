"""A brand is a few colours, and one that somebody could not read is refused by name and number."""

from pathlib import Path

import pytest

from intake.errors import Misconfigured
from intake.settings import BrandSettings, load_settings
from intake.settings.palette import DARK, LIGHT, PAIRS, Pair, ratio, too_faint
from intake.shared import shared
from tests.running import command, environment

# content/ux.md section 4: text or shape, on, needs, light, dark (rounded down).
CONTRAST = """
ink page 4.5 14.16 15.56
ink surface 4.5 14.78 14.04
ink sunken 4.5 12.97 16.37
ink sel 4.5 12.35 10.18
muted page 4.5 6.55 9.20
muted surface 4.5 6.83 8.29
muted sunken 4.5 6.00 9.68
muted sel 4.5 5.71 6.02
link page 4.5 7.19 10.01
link surface 4.5 7.51 9.03
link sunken 4.5 6.59 10.53
visited page 4.5 8.04 9.07
on-primary primary 4.5 7.95 8.05
on-primary primary-hover 4.5 11.18 10.14
primary surface 4.5 7.95 8.28
err surface 4.5 7.27 8.09
err page 4.5 6.97 8.97
err err-bg 4.5 6.34 8.05
warn warn-bg 4.5 6.78 9.05
ok ok-bg 4.5 5.76 8.12
info info-bg 4.5 7.24 8.18
note note-bg 4.5 7.35 8.56
ink err-bg 4.5 12.90 13.97
ink warn-bg 4.5 13.53 12.88
ink ok-bg 4.5 13.08 12.49
ink info-bg 4.5 13.00 13.05
ink note-bg 4.5 12.75 13.61
link info-bg 4.5 6.60 8.39
link warn-bg 4.5 6.87 8.29
link err-bg 4.5 6.55 8.99
on-emergency emergency-bg 4.5 9.59 9.59
focus-ink focus 4.5 9.65 11.63
control surface 3 4.79 5.57
control page 3 4.59 6.18
control sunken 3 4.20 6.50
c1 surface 3 7.95 8.28
c2 surface 3 4.89 7.88
c3 surface 3 8.52 8.83
c4 surface 3 6.83 8.29
"""


@pytest.mark.parametrize("row", CONTRAST.strip().splitlines())
def test_every_pair_of_the_table_is_watched_and_keeps_its_contrast(row: str) -> None:
    shape, ground, needed, light, dark = row.split()

    assert Pair(shape, ground, float(needed)) in PAIRS
    for palette, told in ((LIGHT, light), (DARK, dark)):
        assert int(ratio(palette[shape], palette[ground]) * 100) / 100 == float(told)


def test_the_colours_of_the_house_pass_and_so_do_the_pairs_that_the_table_forgot() -> None:
    assert set(LIGHT) == set(DARK)
    assert len(LIGHT) == 31
    assert len(PAIRS) > len(CONTRAST.strip().splitlines())
    assert list(too_faint(LIGHT)) == []
    assert list(too_faint(DARK)) == []


def test_the_house_alone_changes_nothing() -> None:
    as_shipped = BrandSettings.model_validate({"light": {"primary": LIGHT["primary"]}})

    assert BrandSettings().tokens == ()
    assert as_shipped.tokens == ()


def test_what_belongs_to_a_colour_follows_it() -> None:
    brand = BrandSettings.model_validate({"light": {"primary": "#7a1f5c"}})

    assert brand.changed["light"] == {
        "primary": "#7A1F5C",
        "primary-hover": "#5C1745",
        "c1": "#7A1F5C",
        "sel": "#ECE0E8",
    }
    assert brand.changed["dark"] == {}


def test_what_follows_can_be_set_by_itself() -> None:
    brand = BrandSettings.model_validate(
        {"light": {"primary": "#7A1F5C", "primary_hover": "#3F0F2F", "chosen": "#F6E9F1"}}
    )

    assert brand.changed["light"]["primary-hover"] == "#3F0F2F"
    assert brand.changed["light"]["sel"] == "#F6E9F1"


def clinic_file(folder: Path, brand: str) -> str:
    path = folder / "mine.toml"
    path.write_text(f"{(shared('config') / 'clinic.toml').read_text('utf-8')}\n{brand}\n", "utf-8")
    return str(path)


FAINT = '[brand.light]\nprimary = "#5CB8B2"\n[brand.dark]\nlink = "#0A5C74"'


def test_a_brand_that_cannot_be_read_is_refused_by_pair_and_ratio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_CLINIC_FILE", clinic_file(tmp_path, FAINT))

    with pytest.raises(Misconfigured) as wrong:
        load_settings()

    faults = wrong.value.faults
    assert faults[0] == (
        "brand.light: on_primary #FFFFFF on primary #5CB8B2 reaches 2.34:1 and needs 4.5:1;"
        " choose colours that are further apart (in mine.toml)"
    )
    assert [fault for fault in faults if fault.startswith("brand.dark: link #0A5C74 on page")]


@pytest.mark.parametrize("colour", ["teal", "#0B5A5", "#0B5A5EFF", "rgb(1,2,3)", "#0B5A5G", "}"])
def test_what_is_no_colour_is_refused_with_one_that_is(
    monkeypatch: pytest.MonkeyPatch, colour: str
) -> None:
    monkeypatch.setenv("INTAKE_BRAND__LIGHT__LINK", colour)

    with pytest.raises(Misconfigured, match=r"brand\.light\.link is not a colour; write one like"):
        load_settings()


def test_the_command_and_the_start_refuse_it_alike(tmp_path: Path) -> None:
    env = environment(tmp_path / "data", INTAKE_CLINIC_FILE=clinic_file(tmp_path, FAINT))

    for words in (("settings", "check"), ("up", "--port", "1")):
        done = command(*words, env=env)
        assert done.returncode == 2
        assert "on_primary #FFFFFF on primary #5CB8B2 reaches 2.34:1" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
