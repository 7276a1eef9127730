"""What every section of the settings is made from."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A section of the settings: frozen, and a misspelt name in it is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")
