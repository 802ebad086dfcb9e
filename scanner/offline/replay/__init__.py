"""Judge a recording again: a zip of camera frames, with the verdict that a browser gave each of them.

`recording` reads the zip and trusts none of it, `judging` judges its frames again, `page` shows both verdicts.
"""
