"""Firefox and WebKitGTK, driven by the protocols they speak themselves: no driver has to be downloaded.

Both know the commands of https://www.w3.org/TR/webdriver2/. WebKitGTK takes commands over HTTP, through its own
WebKitWebDriver. Firefox takes commands over a socket (Marionette), each as a length, a colon and a JSON list:
https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page

# Longest time of a script before the engine gives up: the first start of Python on a busy machine.
SCRIPT_SECONDS = 90


class EngineError(Exception):
    """The engine refused a command or a script threw; the message is the engine's own."""


class Engine(Protocol):
    """A running browser with one page."""

    def open(self, address: str) -> None:
        """Goes to an address and waits until it has loaded."""

    def run(self, script: str, *args: object) -> Any:
        """Returns what `script`, the body of an async function called with `args`, returns."""


class Chromium:
    """A page of Chromium that takes the commands of the other engines."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str) -> None:
        """Goes to an address and waits until it has loaded."""
        self.page.goto(address)

    def run(self, script: str, *args: object) -> Any:
        """Returns what `script`, the body of an async function called with `args`, returns."""
        return self.page.evaluate(f"async (args) => {{ {script} }}", list(args))


# Hands the outcome of an async function to the callback of "execute async script"; errors keep their own words.
WRAPPED = """
const done = arguments[arguments.length - 1];
(async (args) => { %s })([...arguments].slice(0, -1))
  .then((value) => done({ value: value ?? null }), (error) => done({ thrown: `${error}\\n${error?.stack ?? ""}` }));
"""


def _outcome(answer: dict[str, Any]) -> Any:
    if "thrown" in answer:
        raise EngineError(answer["thrown"])
    return answer["value"]


class Firefox:
    """A headless Firefox with a profile of its own; its own fake camera needs no permission."""

    PREFERENCES = """
        user_pref("marionette.port", 0);
        user_pref("media.navigator.streams.fake", true);
        user_pref("media.navigator.permission.disabled", true);
        user_pref("datareporting.policy.dataSubmissionEnabled", false);
        user_pref("app.normandy.enabled", false);
    """

    def __init__(self, binary: str, profile: Path, preferences: str) -> None:
        profile.mkdir(parents=True)
        (profile / "user.js").write_text(self.PREFERENCES + preferences, encoding="utf-8")
        self.process = subprocess.Popen(
            [binary, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", profile],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port_file = profile / "MarionetteActivePort"
        _wait(lambda: port_file.is_file() and port_file.read_text().strip(), self.process, "Firefox did not start")
        self.socket = socket.create_connection(("127.0.0.1", int(port_file.read_text())), timeout=SCRIPT_SECONDS + 30)
        self.stream = self.socket.makefile("rb")
        self._read()  # its greeting
        self._do("WebDriver:NewSession", {})
        self._do("WebDriver:SetTimeouts", {"script": SCRIPT_SECONDS * 1000})

    def open(self, address: str) -> None:
        """Goes to an address and waits until it has loaded."""
        self._do("WebDriver:Navigate", {"url": address})

    def run(self, script: str, *args: object) -> Any:
        """Returns what `script`, the body of an async function called with `args`, returns."""
        answer = self._do("WebDriver:ExecuteAsyncScript", {"script": WRAPPED % script, "args": list(args)})
        return _outcome(answer["value"])

    def quit(self) -> None:
        """Ends the browser."""
        self.socket.close()
        ended(self.process)

    def _do(self, command: str, parameters: dict[str, Any]) -> Any:
        message = json.dumps([0, 1, command, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise EngineError(f"{error['error']}: {error['message']}")
        return result

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            piece = self.stream.read(1)
            if not piece:
                raise EngineError("Firefox hung up")
            length += piece
        return json.loads(self.stream.read(int(length[:-1])))


class WebKit:
    """WebKitGTK's MiniBrowser on a screen that nobody sees; its own mock camera needs no permission."""

    SWITCHES = ("--automation", "--enable-media-stream=true", "--enable-mock-capture-devices=true")

    def __init__(self, driver: str, browser: str, screen: str) -> None:
        port = free_port()
        self.process = subprocess.Popen(
            [driver, f"--port={port}"],
            # WebKit's sandbox needs rights that containers rarely have; its compositor needs a graphics card.
            env={
                **os.environ,
                "DISPLAY": screen,
                "GDK_BACKEND": "x11",
                "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
                "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
                "LIBGL_ALWAYS_SOFTWARE": "1",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.address = f"http://127.0.0.1:{port}"
        _wait(self._answers, self.process, "WebKitWebDriver did not start")
        options = {"binary": browser, "args": list(self.SWITCHES)}
        session = self._do("POST", "/session", {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}})
        self.address += f"/session/{session['sessionId']}"
        self._do("POST", "/timeouts", {"script": SCRIPT_SECONDS * 1000})

    def open(self, address: str) -> None:
        """Goes to an address and waits until it has loaded."""
        self._do("POST", "/url", {"url": address})

    def run(self, script: str, *args: object) -> Any:
        """Returns what `script`, the body of an async function called with `args`, returns."""
        return _outcome(self._do("POST", "/execute/async", {"script": WRAPPED % script, "args": list(args)}))

    def quit(self) -> None:
        """Ends the browser and its driver."""
        with suppress(EngineError, OSError):  # gone already
            self._do("DELETE", "", None)
        ended(self.process)

    def _answers(self) -> bool:
        try:
            return bool(self._do("GET", "/status", None)["ready"])
        except OSError:
            return False

    def _do(self, method: str, path: str, body: object) -> Any:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.address + path, content, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=SCRIPT_SECONDS + 30) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise EngineError(f"{value['error']}: {value['message']}") from None


@contextmanager
def running_firefox(folder: Path, preferences: str = "") -> Iterator[Engine]:
    """A Firefox with further preferences, which ends with the block. Raises LookupError where none is installed."""
    browser = Firefox(_program("firefox-esr", "firefox"), folder / "profile", preferences)
    try:
        yield browser
    finally:
        browser.quit()


@contextmanager
def running_webkit(folder: Path) -> Iterator[Engine]:
    """A WebKitGTK on a screen of its own; both end with the block. Raises LookupError where none is installed."""
    driver, server = _program("WebKitWebDriver"), _program("Xvfb")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    if not browsers:
        raise LookupError("MiniBrowser")
    read, write = os.pipe()
    switches = ["-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    screen = subprocess.Popen([server, *switches], pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as numbers:
            number = numbers.readline().strip()  # written when the screen is ready
        browser = WebKit(driver, str(browsers[-1]), f":{number}")
        try:
            yield browser
        finally:
            browser.quit()
    finally:
        ended(screen)


def _program(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise LookupError(names[0])


def _wait(holds: Any, process: subprocess.Popen[bytes], otherwise: str) -> None:
    end = time.monotonic() + 30
    while not holds():
        if process.poll() is not None or time.monotonic() > end:
            ended(process)
            raise EngineError(otherwise)
        time.sleep(0.05)


def ended(process: subprocess.Popen[Any]) -> None:
    """Ends a process: it is asked to end, and killed if it does not within 10 s."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return int(holder.getsockname()[1])
