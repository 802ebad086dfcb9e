"""Enrol pictures: find them in a folder, read each as grey pixels, hash it, and put the hashes into a bundle.

Faults and warnings are collected, not raised one at a time, so that the owner of the pictures sees all of them at
once. Pillow is used here and in `scanner.offline.predict`, and nowhere else.
"""
