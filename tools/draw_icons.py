"""Draw the PNG icons that phones want, from icon.svg, which is drawn by hand.

Usage: python tools/draw_icons.py  (needs Playwright and a Chromium, as the tests do)
"""

from pathlib import Path
from shutil import which

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "web" / "icons"
# An iPhone's home screen takes 180 pixels; a web app manifest must have 192 and 512.
SIZES = (180, 192, 512)


def main() -> None:
    """Writes icon-180.png and so on next to icon.svg; full squares, because phones cut their own corners."""
    drawing = (FOLDER / "icon.svg").read_text(encoding="utf-8").replace('rx="112"', "")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px}}</style>{drawing}")
            page.screenshot(path=FOLDER / f"icon-{size}.png")
        browser.close()


if __name__ == "__main__":
    main()
