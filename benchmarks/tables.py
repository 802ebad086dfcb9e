"""Tables in Markdown on standard output, row by row."""

import numpy as np


def tell(*cells: object) -> None:
    print(f"| {' | '.join(str(cell) for cell in cells)} |", flush=True)


def head(title: str, *cells: object) -> None:
    print(f"\n## {title}\n")
    tell(*cells)
    tell(*["---"] * len(cells))


def ms_of(times: list[float]) -> str:
    return f"{np.mean(times):.0f}, {np.median(times):.0f}, {np.percentile(times, 95):.0f}"
