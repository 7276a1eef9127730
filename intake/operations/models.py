"""What the checks of the service found last: one row for each check, read by every process."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import STRICT, Base, JsonText


class CheckResult(Base):
    """The last result of one check; ``detail`` holds counts and codes, nothing personal."""

    __tablename__ = "check_results"
    __table_args__ = STRICT

    name: Mapped[str] = mapped_column(primary_key=True)
    checked_at: Mapped[datetime]
    good: Mapped[bool]
    detail: Mapped[Any] = mapped_column(JsonText)
