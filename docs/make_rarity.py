"""Makes petitions/data/rarity.txt: in how many petitions each word, and each pair of words in a row, stands.

    python docs/make_rarity.py FILE...

Each FILE holds JSON lines with a `text`. The first line of the result is how many petitions were counted. What stands
in one petition only is left out: it may be somebody's name.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from petitions.matters import read

WORDS_LEAST, PAIRS_LEAST = 2, 3
OUT = Path(__file__).parent.parent / "petitions" / "data" / "rarity.txt"


def main(paths: list[Path]) -> None:
    counts: Counter[str] = Counter()
    petitions = 0
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            counts.update(read(json.loads(line)["text"]).terms)
            petitions += 1
    kept = sorted(
        (term, count)
        for term, count in counts.items()
        if count >= (PAIRS_LEAST if " " in term else WORDS_LEAST)
    )
    OUT.write_text("\n".join([str(petitions), *(f"{count} {term}" for term, count in kept)]) + "\n", "utf-8")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
