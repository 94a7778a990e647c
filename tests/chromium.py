"""A headless Chromium, driven in its DevTools protocol through a pipe, so that no package is needed for it."""

import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run")
BAD = ("error", "assert", "warning")


class Page:
    """One tab. `errors` are what its console has said; `loaded` the bytes of each file that it has read, by address."""

    def __init__(self, commands: int, answers: int):
        self._commands, self._answers, self._unread = commands, answers, b""
        self._last, self._session = 0, None
        self.errors: list[str] = []
        self.loaded: dict[str, int] = {}
        self._addresses: dict[str, str] = {}
        self._shown = ""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.send("Page.setLifecycleEventsEnabled", enabled=True)

    def send(self, method: str, **parameters: object) -> dict:
        """Send a command and return its result; AssertionError where it is refused."""
        self._last += 1
        command = {"id": self._last, "method": method, "params": parameters}
        command |= {"sessionId": self._session} if self._session else {}
        with os.fdopen(self._commands, "wb", closefd=False) as stream:
            stream.write(json.dumps(command).encode() + b"\0")
        while (answer := self._read()).get("id") != self._last:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def look(self, width: int, theme: str, height: int = 800) -> None:
        """Set the size of the window in pixels, and the colours that the system prefers, `light` or `dark`."""
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        features = [
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.send("Emulation.setEmulatedMedia", features=features)

    def open(self, address: str) -> None:
        """Open an address and wait until everything in it has loaded."""
        self.loaded.clear()
        answer = self.send("Page.navigate", url=address)
        while "loaderId" in answer and self._shown != answer["loaderId"]:  # it has none within one page
            self._read()

    def run(self, script: str) -> Any:
        """The value of an expression, or of the promise that it gives."""
        answer = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true; AssertionError after five seconds."""
        script = f"""new Promise(done => {{ const end = Date.now() + 5000, look = () =>
            {condition} ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 20); look(); }})"""
        assert self.run(script), condition

    def press(self, key: str, text: str = "") -> None:
        """Press and release a key, such as `Escape`, `Tab`; `text` is what it types."""
        code = {"Escape": 27, "Enter": 13, "Tab": 9, "ArrowDown": 40, "ArrowRight": 39}.get(key, 0)
        for kind in ("keyDown", "keyUp"):
            shown = {"text": text} if text and kind == "keyDown" else {}
            self.send("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **shown)

    def move(self, selector: str) -> None:
        """Move the pointer to the middle of an element."""
        box = self.run(
            f"(e => {{ e.scrollIntoView({{block: 'center', behavior: 'instant'}}); const b = e.getBoundingClientRect();"
            f" return [b.x + b.width / 2, b.y + b.height / 2]; }})(document.querySelector({json.dumps(selector)}))"
        )
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=box[0], y=box[1])

    def _read(self) -> dict:
        """The next message; AssertionError where none comes for half a minute."""
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._answers], [], [], 30)
            assert ready, "Chromium does not answer"
            part = os.read(self._answers, 1 << 16)
            assert part, "Chromium has ended"
            self._unread += part
        message, _, self._unread = self._unread.partition(b"\0")
        event = json.loads(message)
        self._note(event.get("method"), event.get("params", {}))
        return event

    def _note(self, method: str | None, facts: dict) -> None:
        if method == "Runtime.exceptionThrown":
            self.errors.append(facts["exceptionDetails"].get("exception", {}).get("description", str(facts)))
        elif method == "Runtime.consoleAPICalled" and facts["type"] in BAD:
            self.errors.append(str(facts["args"]))
        elif method == "Log.entryAdded" and facts["entry"]["level"] in BAD:
            self.errors.append(facts["entry"]["text"])
        elif method == "Page.lifecycleEvent" and facts["name"] == "load":
            self._shown = facts["loaderId"]
        elif method == "Network.requestWillBeSent":
            self._addresses[facts["requestId"]] = facts["request"]["url"]
        elif method == "Network.loadingFinished" and facts["requestId"] in self._addresses:
            self.loaded[self._addresses[facts["requestId"]]] = facts["encodedDataLength"]


@contextmanager
def chromium(profile: Path) -> Iterator[Page]:
    """A browser with one tab, whose files are in the folder `profile`."""
    (commands_out, commands_in), (answers_out, answers_in) = os.pipe(), os.pipe()
    line = f'exec "$@" 3<&{commands_out} 4>&{answers_in}'
    command = ["bash", "-c", line, "bash", PROGRAM, *OPTIONS, "--remote-debugging-pipe", f"--user-data-dir={profile}"]
    process = subprocess.Popen(
        command, pass_fds=(commands_out, answers_in), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(commands_out)
    os.close(answers_in)
    try:
        yield Page(commands_in, answers_out)
    finally:
        process.terminate()
        process.wait()
