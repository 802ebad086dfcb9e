"""The report's page around its content, and its looks."""

__all__ = ["PAGE"]

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1f24; --paper: #fff; --soft: #eef0f3; --good: #2a7f62; --weak: #c0392b;
  --other: #8b95a5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #16181c; --soft: #262a31; --good: #4cb592;
  --weak: #ff7a68; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 62rem; padding: 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .4rem; }
.lead { font-size: 1.15rem; } .note, .key, dd { font-size: .85rem; opacity: .85; }
table { border-collapse: collapse; } th, td { padding: .3rem .9rem .3rem 0; text-align: left; }
tr:first-child th, th:first-child { font-weight: 500; } td { font-variant-numeric: tabular-nums; }
.cards, .pairs { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); }
.pairs { grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); }
figure { margin: 0; background: var(--soft); border-radius: .6rem; padding: .8rem; overflow-wrap: anywhere; }
.card { display: flex; gap: .8rem; align-items: flex-start; border-left: 4px solid var(--good); }
.card.weak { border-color: var(--weak); } .card figcaption { flex: 1; min-width: 0; }
img { width: 5.5rem; height: 7rem; object-fit: contain; } .pair img { width: 48%; height: 10rem; margin-right: 2%; }
.series { grid-column: 1 / -1; } .series img { width: 6rem; height: 8.5rem; margin-right: .4rem; }
dl { margin: .3rem 0 0; } dt { font-size: .8rem; margin-top: .2rem; } dd { margin: 0; white-space: nowrap; }
.bar { position: relative; display: inline-block; width: 4rem; height: .6rem; border-radius: .3rem;
  background: color-mix(in srgb, var(--ink) 15%, transparent); overflow: hidden; }
.bar b, .bar i { position: absolute; inset: 0 auto 0 0; background: var(--good); } .bar b { opacity: .45; }
svg { width: 100%; max-width: 480px; font-size: 12px; fill: var(--ink); } svg path { stroke: var(--ink); }
rect.right, i.right { fill: var(--good); background: var(--good); }
rect.other, i.other { fill: var(--other); background: var(--other); }
.key i { display: inline-block; width: .8rem; height: .8rem; margin: 0 .2rem 0 .8rem; }
"""

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What to expect of these pictures</title>
<style>{{style}}</style>
<body>
{{body}}
</body>
</html>
""".replace("{{style}}", _STYLE)
