"""Make one memory snapshot of Python, and the small files that restore it, while a site is assembled.

A browser that copies the snapshot into memory needs neither Python's library nor most of its WebAssembly to start.
docs/decisions/a-new-pyodide.md says which steps rest on the text of Pyodide's files, and what to do at an update.
"""
