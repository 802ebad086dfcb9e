"""Scanners of one bundle share its catalogue."""

import gc
import weakref

from scanner import FrameScanner
from scanner.catalogue import Catalogue
from scanner.offline import build_bundle
from support.pictures import cover


def test_camera_and_stills_hold_their_bundle_once() -> None:
    """Two scanners of one bundle share one catalogue, and each has a memory of its own."""
    bundle = build_bundle({"one": cover(1), "two": cover(2)})
    first = Catalogue.of(bundle)
    stream, still = FrameScanner(bundle), FrameScanner(bundle, memory=False)
    assert Catalogue.of(bundle) is first
    assert stream._catalogue is still._catalogue is first


def test_a_bundle_that_nobody_holds_any_more_takes_no_memory() -> None:
    """Opening one bundle after another does not fill the phone."""
    bundle = build_bundle({"one": cover(1)})
    scanner = FrameScanner(bundle)
    catalogue = weakref.ref(Catalogue.of(bundle))
    del bundle, scanner
    gc.collect()
    assert catalogue() is None
