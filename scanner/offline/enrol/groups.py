"""Groups of references that look alike, such as the covers of a series that differ in their type only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scanner.bundle import HashBundle
from scanner.limits import AMBIGUOUS_LEAD
from scanner.offline.enrol.alike import AlikePair
from scanner.quoting import quoted
from scanner.reference import UPRIGHT_CROP

__all__ = ["Fate", "Group", "alike_groups", "described"]

Fate = Literal["never", "sometimes", "held straight", "told apart"]

_NAMED = 10
"""Pictures of a group that are named in a sentence; the others are counted."""

_FATES: dict[Fate, tuple[str, str]] = {
    "never": ("the scanner names {none}", "leave all but one out, or change them visibly"),
    "sometimes": (
        "the scanner names {each} in some hands only, and at times takes one for another",
        "show more of what differs, or enlarge it",
    ),
    "held straight": (
        "each is another, turned, and the scanner names {each} only when held straight",
        "leave all but one out",
    ),
    "told apart": ("the scanner tells {each} from the others, often some frames later than other pictures", ""),
}
"""Fate of pictures in a group -> what becomes of them, and the cure."""

_TOLD_APART = 100
"""Window bits by which two references must differ to be told apart in an ordinary hand; see benchmarks/forecast.md."""
_WINDOWS_COUNTED = 7
"""Windows that the scanner counts, of nine: those that fit best."""
_SHIFTED = 15
"""Bits of 144 by which a crop must be nearer than the whole picture to mean that one picture is cut from the other."""
_FOR_A_CROP_BIT = 4
"""Window bits that stand for a bit of a crop there. Of four hands that held up a picture, with a tighter copy enrolled
20 crop bits away, two were shown the copy's id."""


@dataclass(frozen=True)
class Group:
    """References of which each looks like at least one other.

    Attributes:
        leads: id -> window bits, 0 to 1001, by which the reference differs from the nearest of the others; ids in
            order. The scanner tells two references apart by the lead of one over the other.
        turned: whether they look alike only if turned by a quarter or a half.
    """

    leads: Mapping[str, int]
    turned: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """The references, in order."""
        return tuple(self.leads)

    def fate(self, name: str) -> Fate:
        """Returns what becomes of one of the references in an ordinary hand."""
        if self.turned:
            return "held straight"
        lead = self.leads[name]
        return "never" if lead < AMBIGUOUS_LEAD else "sometimes" if lead < _TOLD_APART else "told apart"

    def by_fate(self) -> dict[Fate, list[str]]:
        """Returns the references by what becomes of them, the worst first."""
        fates: dict[Fate, list[str]] = {}
        for name in sorted(self.ids, key=self.leads.__getitem__):
            fates.setdefault(self.fate(name), []).append(name)
        return {fate: sorted(names) for fate, names in fates.items()}


def alike_groups(bundle: HashBundle, pairs: Sequence[AlikePair]) -> list[Group]:
    """Returns the groups that pairs connect, the hardest to tell apart first.

    A reference may be in two groups: one of pictures that look like it, one of pictures that do so only if turned.

    Args:
        bundle: the references.
        pairs: of the bundle, from `alike.alike_pairs`.
    """
    groups: list[Group] = []
    for turned in (False, True):
        chiefs, leads = _Chiefs(), dict[str, int]()
        some = [pair for pair in pairs if bool(pair.turned) == turned]
        for pair, lead in zip(some, _leads(bundle, some), strict=True):
            chiefs.join(*pair.ids)
            for name in pair.ids:
                leads[name] = min(lead, leads.get(name, lead))
        members: dict[str, dict[str, int]] = {}
        for name in sorted(leads):
            members.setdefault(chiefs.of(name), {})[name] = leads[name]
        groups += [Group(group, turned) for group in members.values()]
    return sorted(groups, key=lambda group: (group.turned, min(group.leads.values()), group.ids))


def described(group: Group) -> str:
    """Returns a sentence for people: the pictures of a group, what becomes of each, and the cure."""
    parts = []
    for fate, names in group.by_fate().items():
        told, cure = _FATES[fate]
        several = "neither" if len(names) == 2 else "none of them"
        told = told.format(none=several if len(names) > 1 else "it never", each="each" if len(names) > 1 else "it")
        parts.append(f"{_listed(names)}: {told}" + (f": {cure}" if cure else ""))
    return "; ".join(parts)


def _listed(names: Sequence[str]) -> str:
    shown = [quoted(name) for name in names[:_NAMED]]
    if len(names) > len(shown):
        return f"{', '.join(shown)} and {len(names) - len(shown):,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _leads(bundle: HashBundle, pairs: Sequence[AlikePair]) -> list[int]:
    """Returns the window bits by which the references of each pair differ."""
    place = {name: index for index, name in enumerate(bundle.ids)}
    ones, others = ([place[pair.ids[which]] for pair in pairs] for which in (0, 1))
    distances = np.array([pair.distance for pair in pairs], np.int64)
    differing = np.bitwise_count(bundle.windows[ones, 1:] ^ bundle.windows[others, 1:]).sum(axis=2, dtype=np.int64)
    counted = np.sort(differing, axis=1)[:, :_WINDOWS_COUNTED].sum(axis=1)
    whole = np.bitwise_count(bundle.hashes[ones, UPRIGHT_CROP] ^ bundle.hashes[others, UPRIGHT_CROP]).sum(axis=1)
    # Windows at other places of the two cannot be compared: crops stand for them.
    elsewhere = np.array([bool(pair.turned) for pair in pairs], bool) | (whole > distances + _SHIFTED)
    leads: list[int] = np.where(elsewhere, distances * _FOR_A_CROP_BIT, counted).tolist()
    return leads


class _Chiefs:
    """Groups that grow together: each member points to another one, and in the end to the group's chief."""

    def __init__(self) -> None:
        self._next: dict[str, str] = {}

    def of(self, member: str) -> str:
        """Returns the chief of a member's group."""
        path = []
        while (above := self._next.get(member, member)) != member:
            path.append(member)
            member = above
        for each in path:
            self._next[each] = member
        return member

    def join(self, one: str, other: str) -> None:
        """Makes one group of two."""
        self._next[self.of(one)] = self.of(other)
