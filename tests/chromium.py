"""Drives a headless Chromium over its own pipe: real keys, console, requests, screenshots."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

PATIENCE = 60.0  # seconds
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Return the browser; skip without one, except in continuous integration, which must fail."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        message = "chromium is not installed: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


class Page:
    """One page of a headless browser, spoken to in the Chrome DevTools protocol."""

    def __init__(self, folder: Path) -> None:
        """Start the browser with an empty profile."""
        program = chromium()
        theirs, self._write = os.pipe()
        self._read, back = os.pipe()
        self._events: list[dict[str, Any]] = []
        self._rest, self._asked = b"", 0
        arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--remote-debugging-pipe",
            f"--user-data-dir={folder / 'profile'}",
            "about:blank",
        ]
        # The browser reads from 3 and writes to 4, whatever numbers the pipes have here.
        pipes = f'exec "$@" 3<&{theirs} 4>&{back}'
        with (folder / "chromium.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["/bin/bash", "-c", pipes, "bash", program, *arguments],
                pass_fds=(theirs, back),
                stdout=log,
                stderr=log,
            )
        os.close(theirs)
        os.close(back)
        os.set_blocking(self._read, False)
        target = self._first_page()
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Self:
        """Use as a context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the browser."""
        self._process.terminate()
        self._process.wait(PATIENCE)
        os.close(self._write)
        os.close(self._read)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Ask the page for something and return its answer."""
        return self._call(method, self._session, **parameters)

    def load(self, path: Path) -> None:
        """Load a file and wait until it is there."""
        self._events.clear()
        self.call("Page.navigate", url=path.resolve().as_uri())
        end = time.monotonic() + PATIENCE
        while not self.events("Page.loadEventFired"):
            self._receive(end)

    def run(self, script: str) -> Any:  # noqa: ANN401 - whatever the script's value is
        """Return the value of a script."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, script: str) -> Any:  # noqa: ANN401 - whatever the script's value is
        """Return the value of a script as soon as it is something."""
        end = time.monotonic() + PATIENCE
        while not (value := self.run(script)):
            assert time.monotonic() < end, f"never: {script}"
            time.sleep(0.05)
        return value

    def press(self, key: str, times: int = 1) -> None:
        """Press a key as a reader does."""
        code = {"ArrowRight": 39, "ArrowLeft": 37, "Home": 36, "End": 35, "Tab": 9}[key]
        for _ in range(times):
            for kind in ("rawKeyDown", "keyUp"):
                self.call(
                    "Input.dispatchKeyEvent",
                    type=kind,
                    key=key,
                    code=key,
                    windowsVirtualKeyCode=code,
                )

    def screenshot(self, path: Path, width: int, selector: str, *, dark: bool = False) -> None:
        """Draw an element at a width of the window."""
        self.resize(width)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Emulation.setScrollbarsHidden", hidden=True)
        self.run("document.documentElement.style.scrollBehavior = 'auto'; scrollTo(0, 0)")
        self.call("Page.captureScreenshot")  # only what was drawn has its final place
        box = self.run(
            f"(() => {{const r = document.querySelector('{selector}').getBoundingClientRect();"
            "return {x: 0, y: r.y + scrollY, width: innerWidth, height: r.height, scale: 1}})()"
        )
        shot = self.call("Page.captureScreenshot", clip=box, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def resize(self, width: int) -> None:
        """Give the window a width in CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )

    def events(self, method: str) -> list[dict[str, Any]]:
        """Return what the browser told of its own accord since the page was loaded."""
        return [event["params"] for event in self._events if event["method"] == method]

    def _first_page(self) -> str:
        """Return the target of the empty page, once it is there."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for info in self._call("Target.getTargets")["targetInfos"]:
                if info["type"] == "page":
                    return str(info["targetId"])
            time.sleep(0.05)
        raise TimeoutError("the browser opened no page")

    def _call(self, method: str, session: str = "", **parameters: object) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        self._asked += 1
        request: dict[str, object] = {"id": self._asked, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        os.write(self._write, json.dumps(request).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while True:
            for message in self._receive(end):
                if message.get("id") == self._asked:
                    assert "error" not in message, message
                    return dict(message["result"])

    def _receive(self, end: float) -> list[dict[str, Any]]:
        """Return answers that came in, and keep events."""
        if time.monotonic() > end:
            raise TimeoutError("the browser did not answer")
        try:
            self._rest += os.read(self._read, 1 << 20)
        except BlockingIOError:
            time.sleep(0.005)
        *whole, self._rest = self._rest.split(b"\0")
        messages = [json.loads(text) for text in whole]
        self._events += [message for message in messages if "method" in message]
        return [message for message in messages if "id" in message]
