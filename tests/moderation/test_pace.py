"""How much of a search is done before it looks at its watch again."""

from __future__ import annotations

from moderation.search.time_budget import TimeBudget


class Watch:
    """A watch that moves by what was done."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sizes(self, seconds: float, each: float) -> list[int]:
        """The chunks of a search whose every candidate takes `each` seconds."""
        sizes = []
        for size in TimeBudget(seconds, self).chunks(50, growth=2):
            sizes.append(size)
            self.now += size * each
            if len(sizes) == 8:
                break
        return sizes


def test_chunks_grow_as_long_as_there_is_time() -> None:
    assert Watch().sizes(30.0, 0.0) == [50, 100, 200, 400, 800, 1600, 2000, 2000]


def test_the_last_chunk_takes_no_more_than_what_is_left() -> None:
    watch = Watch()
    sizes = watch.sizes(3.0, 0.01)
    assert (sizes, round(watch.now, 3)) == ([50, 100, 150], 103.0)


def test_however_slow_there_is_one_chunk_and_the_next_has_one_candidate() -> None:
    assert Watch().sizes(0.0, 1.0) == [50]
    assert Watch().sizes(50.5, 1.0) == [50, 1]
