"""Templates compiled once for a whole run: each test with an application builds its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType

import pytest
from flask import Flask
from flask.templating import Environment
from jinja2.bccache import Bucket, BytecodeCache


class Compiled(BytecodeCache):
    """Keeps compiled templates in memory, by name and source."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled before, if it was."""
        bucket.code = self.known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was just compiled."""
        if bucket.code is not None:
            self.known[bucket.key, bucket.checksum] = bucket.code


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let all applications of this process share their compiled templates while the block runs."""
    cache = Compiled()

    class Sharing(Environment):
        def __init__(self, app: Flask, **options: object) -> None:
            super().__init__(app, bytecode_cache=cache, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_environment", Sharing)
        yield
