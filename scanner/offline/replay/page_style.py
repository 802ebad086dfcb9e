"""The replay's page around its content, and its looks."""

__all__ = ["PAGE"]

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1f24; --paper: #fff; --soft: #eef0f3; --good: #2a7f62; --weak: #c0392b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #16181c; --soft: #262a31; --good: #4cb592;
  --weak: #ff7a68; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 62rem; padding: 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0; } h2 { font-size: 1rem; margin: 0 0 .5rem; }
.lead { font-size: 1.15rem; } .note { font-size: .85rem; opacity: .85; } small { font-weight: 400; opacity: .85; }
table { font-size: .85rem; } th { text-align: left; vertical-align: top; padding-right: 1rem; font-weight: 500; }
pre { font-size: .8rem; white-space: pre-wrap; }
section { background: var(--soft); border-left: 4px solid var(--good); border-radius: .4rem; padding: .8rem;
  margin: .8rem 0; }
section.different { border-color: var(--weak); } section.none { border-color: #8b95a5; }
section > div { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; }
figure { margin: 0; min-width: 0; } svg { width: 100%; display: block; border-radius: .3rem; }
.region { fill: none; stroke: #fff; stroke-width: 1; stroke-dasharray: 4; }
polygon { fill: none; stroke: #4fe3a4; stroke-width: 4; stroke-linejoin: round; }
section.different figure + figure polygon { stroke: #ff7a68; }
"""

# The policy lets nothing be fetched and nothing run, whatever a recording holds.
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}}</title>
<style>{{style}}</style>
<body>
{{body}}
</body>
</html>
""".replace("{{style}}", _STYLE)
