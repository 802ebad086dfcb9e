"""The judge of a stream or of stills: says which candidates of a frame are matches, and where the pictures lie in it.

`verdict` holds the rule. Here a candidate is compared with the frame, so that the rule can be asked.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from .all_in_sight import Found
from .candidates import Candidate, Compared, Sources
from .catalogue import Catalogue
from .fit import Fit, Fitter
from .frame import Frame
from .memory import Memory
from .partial import PartialFit, whole_fit
from .rivals import rivals
from .verdict import Corners, Judgement, Verdict, judge
from .warp import Floats

__all__ = ["Judge"]


class Judge:
    """Judges candidates of frames.

    Args:
        catalogue: the references.
        fitter: fits them at the pace of stills or of a stream.
        sources: of candidates.
    """

    def __init__(self, catalogue: Catalogue, fitter: Fitter, sources: Sources) -> None:
        self._catalogue = catalogue
        self._fitter = fitter
        self._sources = sources

    def first_match(
        self, frame: Frame, candidates: Iterator[Candidate], nothing: Verdict, memory: Memory | None = None
    ) -> Verdict:
        """Returns the verdict of the first candidate that is a match; `nothing` or "ambiguous" if none is.

        Args:
            frame: the frame that a match is told of.
            candidates: of this frame, or of earlier ones whose search went on.
            nothing: the verdict of a frame without a match.
            memory: of the stream, where earlier frames add evidence; None for a still.
        """
        verdict = nothing
        for candidate in candidates:
            fit = candidate.fit
            (outcome, counts), compared = self._judged(candidate)
            agreed = counts and memory is not None and memory.evidence.add(fit.index, candidate.frame.number)
            if outcome == "match" or agreed:
                matched = self._matched(frame, candidate, compared, memory)
                if matched is not None:
                    return matched
                continue
            if outcome == "ambiguous":
                verdict = Verdict("ambiguous", None, compared.outline_bits, compared.margin)
            if memory is not None:
                memory.carry(fit)
        return verdict

    def in_sight(self, frame: Frame, fit: Fit) -> Verdict:
        """Returns the verdict of a fit of a search for all pictures in sight."""
        (outcome, _), compared = self._judged(Candidate(frame, fit, in_sight=True))
        if outcome != "match":
            return Verdict(outcome, None, compared.outline_bits, compared.margin)
        return self._match(fit.index, compared, fit.corners)

    def in_part(self, frame: Frame, partly: PartialFit) -> Verdict:
        """Returns the verdict of a match of a picture that is cut off or covered."""
        return self.found_in_part(frame, partly).verdict

    def found_in_part(self, frame: Frame, partly: PartialFit) -> Found:
        """Returns a match of a picture that is cut off or covered, as one in sight."""
        fit = whole_fit(self._fitter, frame.pyramid, partly)
        return Found(fit, self._match(fit.index, self._sources.compared(Candidate(frame, fit)), partly.corners))

    def _judged(self, candidate: Candidate) -> tuple[Judgement, Compared]:
        """Returns the answer for a candidate, and the distances of the picture between its corners."""
        fit, compared = candidate.fit, self._sources.compared(candidate)
        if candidate.matched:
            return Judgement("match", False), compared
        judgement = judge(
            window_bits=fit.window_bits,
            plainness=fit.plainness,
            pose_penalty=fit.pose_penalty,
            outline_bits=compared.outline_bits,
            crop_bits=candidate.crop_bits,
            rivals=partial(rivals, self._fitter, candidate.frame.pyramid, fit, compared.nearest_other),
            references=len(self._catalogue),
            threshold=self._catalogue.threshold,
            in_sight=candidate.in_sight,
        )
        return judgement, compared

    def _matched(self, frame: Frame, candidate: Candidate, compared: Compared, memory: Memory | None) -> Verdict | None:
        """Returns the verdict of a match, with the outline in this frame and the smaller of both distances.

        None if the search of an earlier frame has found a picture that is no longer in sight. The search then ends.
        """
        index = candidate.fit.index
        last = memory.last_match(index, frame.number) if memory is not None else None
        outline = self._sources.outline(frame, candidate, last)
        if outline is None:
            if memory is not None:
                memory.stop()
            return None
        if outline is not candidate.fit.corners:
            there = candidate._replace(frame=frame, fit=replace(candidate.fit, corners=outline))
            compared = min(compared, self._sources.compared(there), key=lambda each: each.outline_bits)
        if memory is not None:
            memory.matched(index, outline, frame.number)
        return self._match(index, compared, outline)

    def _match(self, index: int, compared: Compared, outline: Floats) -> Verdict:
        corners: Corners = tuple((float(x), float(y)) for x, y in outline)
        return Verdict("match", self._catalogue.ids[index], compared.outline_bits, compared.margin, corners)
