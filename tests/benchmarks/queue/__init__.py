"""The queue's bars (QUEUE.md), each beside a rival or the bare driver, in one run.

``python -m tests.benchmarks.queue`` prints the table; ``sqlite`` or ``postgresql`` asks for one
database, ``--only drain`` for one measure, ``--json FILE`` for the figures. Procrastinate and huey
come with the ``[bench]`` extra; a rival that is not installed is left out, and the table says so.
"""
