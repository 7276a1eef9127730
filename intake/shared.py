"""Where the folders that travel beside the package are: templates, migrations, config."""

from pathlib import Path


def shared(name: str) -> Path:
    """Return the folder ``name`` as installed in the wheel, or beside the package in a checkout."""
    packed = Path(__file__).parent / "_shared" / name
    return packed if packed.exists() else Path(__file__).parents[1] / name
