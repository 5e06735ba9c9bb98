"""A headless Chromium that a test drives with real events, by its DevTools protocol through two pipes."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--touch-events=enabled")  # fmt: skip
# The browser reads its pipe at 3 and writes at 4.
AT_3_AND_4 = """
import os, sys
one, two = (os.dup(int(x)) for x in sys.argv[1:3])
while min(one, two) < 5:
    one, two = os.dup(one), os.dup(two)
os.dup2(one, 3), os.dup2(two, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Chromium:
    """One browser with one tab. `said`: what console and security log held since the last `open`; `asked`: requests that were
    for neither the file nor data in it."""

    def __init__(self, profile):
        down, up = os.pipe(), os.pipe()
        command = [sys.executable, "-ISc", AT_3_AND_4, str(down[0]), str(up[1]), PROGRAM, *QUIET,
                   f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]  # fmt: skip
        away = subprocess.DEVNULL
        self.process = subprocess.Popen(command, pass_fds=(down[0], up[1]), stdout=away, stderr=away)
        os.close(down[0])
        os.close(up[1])
        self.to, self.back, self.held, self.number = down[1], up[0], b"", 0
        self.session, self.said, self.asked, self.loaded = None, [], [], False
        target = next(t for t in self.ask("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def close(self):
        os.close(self.to)
        os.close(self.back)
        self.process.terminate()
        self.process.wait(20)

    # --- the protocol

    def ask(self, method, **parameters):
        """Its answer; what else is heard meanwhile is noted."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        os.write(self.to, json.dumps(message | ({"sessionId": self.session} if self.session else {})).encode() + b"\0")
        return self.hear(lambda m: m.get("id") == self.number)["result"]

    def hear(self, wanted, seconds=20.0):
        end = time.monotonic() + seconds
        while True:
            while b"\0" in self.held:
                one, _, self.held = self.held.partition(b"\0")
                message = json.loads(one)
                self.note(message)
                if "error" in message:
                    raise RuntimeError(message["error"])
                if wanted(message):
                    return message
            if not select.select([self.back], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            self.held += os.read(self.back, 1 << 20)

    def note(self, message):
        kind, held = message.get("method"), message.get("params", {})
        if kind == "Runtime.consoleAPICalled":
            self.said.append(" ".join(str(a.get("value", a.get("description"))) for a in held["args"]))
        elif kind == "Runtime.exceptionThrown":
            self.said.append(held["exceptionDetails"]["exception"].get("description", held["exceptionDetails"]["text"]))
        elif kind == "Log.entryAdded":
            self.said.append(held["entry"]["text"])
        elif kind == "Network.requestWillBeSent" and not held["request"]["url"].startswith(("file:", "data:", "about:")):
            self.asked.append(held["request"]["url"])
        elif kind == "Page.loadEventFired":
            self.loaded = True

    # --- what a person does

    def open(self, path, width=1280, height=900):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 700)
        self.said, self.asked, self.loaded = [], [], False
        self.ask("Page.navigate", url=f"file://{path}")
        if not self.loaded:
            self.hear(lambda m: m.get("method") == "Page.loadEventFired")
        self.settle()

    def run(self, script):
        """The value of a JavaScript expression."""
        return self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)["result"].get("value")

    def settle(self):
        """Two frames are drawn."""
        self.run("new Promise(f => requestAnimationFrame(() => requestAnimationFrame(() => f(1))))")

    def box(self, selector, place=0):
        """Left, top, width, height in the window of an element that is brought into it."""
        element = f"document.querySelectorAll({selector!r})[{place}]"
        return self.run("(e => { e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); "
                        f"return [r.left, r.top, r.width, r.height]; }})({element})")  # fmt: skip

    def mouse(self, kind, x, y, **more):
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def move(self, x, y):
        self.mouse("mouseMoved", x, y)
        self.settle()

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, x, y, button="left", clickCount=1)
        self.settle()

    def drag(self, start, end):
        self.mouse("mousePressed", *start, button="left", clickCount=1)
        for k in (0.3, 0.6, 1.0):
            self.mouse("mouseMoved", *(a + k * (b - a) for a, b in zip(start, end, strict=True)), button="left", buttons=1)
        self.mouse("mouseReleased", *end, button="left", clickCount=1)
        self.settle()

    def wheel(self, x, y, amount):
        self.mouse("mouseWheel", x, y, deltaX=0, deltaY=amount)
        self.settle()

    def touch(self, kind, *points):
        self.ask("Input.dispatchTouchEvent", type=kind,
                 touchPoints=[{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)])  # fmt: skip

    def picture(self, path=None, whole=False):
        data = base64.b64decode(self.ask("Page.captureScreenshot", captureBeyondViewport=whole)["data"])
        return data if path is None else path.write_bytes(data)

    def pdf(self):
        return base64.b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True)["data"])
