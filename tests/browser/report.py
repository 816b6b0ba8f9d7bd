#!/usr/bin/env python3
"""Opens HTML reports in headless Chromium and uses them as a person would.

    python3 tests/browser/report.py target/release/keysift

Needs Chromium and its driver (Debian: chromium, chromium-driver) and selenium. Any error in the console
is a failure. SCREENSHOTS=DIR keeps a picture of each page, in light and dark.
"""

import os
import pathlib
import secrets
import shutil
import string
import subprocess
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
HOSTILE = "<img src=x onerror=document.title='owned'></script><script>document.title='owned'</script>"


def key_id():
    return "AKIA" + secrets.choice("QRSTUVWXYZ234567") + "".join(secrets.choice(BASE32) for _ in range(15))


def secret_key():
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(40))


def report(keysift, target, page, *words):
    """Scans, and leaves a page. Its exit code says only that there were findings."""
    words = [keysift, "scan", target, "--format", f"html={page}", "--quiet", *words]
    code = subprocess.run(words, check=False).returncode
    assert code in (0, 1), f"{target}: exit code {code}"
    assert page.stat().st_mode & 0o077 == 0, "the page is not for its owner alone"


def browser(folder, dark=False):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome")
    for word in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
                 "disable-component-update", "disable-sync", f"user-data-dir={folder}", "window-size=1280,1000"):
        options.add_argument(f"--{word}")
    if dark:
        options.add_argument("--blink-settings=preferredColorScheme=0")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))


class Page:
    def __init__(self, driver, file):
        self.driver = driver
        driver.get(file.as_uri())

    def quiet(self):
        errors = [entry for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        assert not errors, errors
        assert self.driver.title != "owned"

    def one(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def heads(self):
        return self.driver.find_elements(By.CSS_SELECTOR, "#findings > li > button")

    def badges(self):
        return {badge.text.lower() for badge in self.driver.find_elements(By.CSS_SELECTOR, "#findings .badge")}

    def shown(self):
        return self.one("#shown").text

    def until(self, truth):
        WebDriverWait(self.driver, 10).until(lambda _: truth())

    def keys(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def picture(self, name):
        if "SCREENSHOTS" in os.environ:
            folder = pathlib.Path(os.environ["SCREENSHOTS"])
            folder.mkdir(parents=True, exist_ok=True)
            assert self.driver.save_screenshot(str(folder / f"{name}.png")), f"no picture in {folder}"


def a_sample(page):
    page.picture("sample")
    total = len(page.heads())
    assert total == 10, total
    assert page.shown() == "10 findings"

    page.one("#severity-critical").click()
    assert page.badges() == {"critical"} and page.shown().endswith("of 10 findings")
    page.one("#severity-critical").click()

    page.one("#q").send_keys("secrets.aws")
    page.until(lambda: page.shown() != "10 findings")
    assert 0 < len(page.heads()) < total
    page.one("#clear").click()
    assert len(page.heads()) == total

    first = page.heads()[0].text
    page.one("#sort option[value=rule]").click()
    titles = page.driver.execute_script(
        "return [...document.querySelectorAll('#findings .name')].map((name) => name.firstChild.textContent.toLowerCase());")
    assert titles == sorted(titles), titles
    page.one("#sort option[value=severity]").click()
    assert page.heads()[0].text == first

    head = page.heads()[0]
    head.click()
    detail = page.one("#findings .detail")
    assert head.get_attribute("aria-expanded") == "true"
    assert "Fix:" in detail.text and "IAM role" in detail.text
    assert len(detail.find_elements(By.CSS_SELECTOR, ".places li")) > 1
    page.picture("sample-open")
    head.click()
    assert head.get_attribute("aria-expanded") == "false"

    page.keys("j")
    page.until(lambda: page.driver.switch_to.active_element == page.heads()[1])
    page.keys("j", "j", "k", Keys.ENTER)
    assert page.heads()[2].get_attribute("aria-expanded") == "true"
    page.keys("/")
    assert page.driver.switch_to.active_element == page.one("#q")
    page.keys(Keys.ESCAPE, "?")
    assert page.one("#help").is_displayed()
    page.keys(Keys.ESCAPE)
    page.until(lambda: not page.one("#help").is_displayed())

    # On paper, all is opened; on the screen it is as it was before.
    page.driver.execute_script(
        "window.dispatchEvent(new Event('beforeprint'));"
        "window.opened = document.querySelectorAll('#findings .detail').length;"
        "window.dispatchEvent(new Event('afterprint'));")
    assert page.driver.execute_script("return window.opened") == total
    assert len(page.driver.find_elements(By.CSS_SELECTOR, "#findings .detail")) == 1

    # What is asked for stays in the address.
    page.one("#severity-high").click()
    address = page.driver.current_url
    assert "severity=high" in address
    page.driver.get("about:blank")
    page.driver.get(address)
    assert page.badges() == {"high"}


def many(page):
    page.picture("many")
    assert page.shown() == "10,000 findings"
    assert len(page.heads()) == 100, "the page draws what is looked at"
    page.one("#more").click()
    assert len(page.heads()) == 200
    took = page.driver.execute_script(
        "const q = document.getElementById('q'); q.value = 'key-0042'; const start = performance.now();"
        "q.dispatchEvent(new Event('input')); document.getElementById('sort').dispatchEvent(new Event('change'));"
        "return performance.now() - start;")
    print(f"filtering 10,000 findings: {took:.0f} ms")
    page.until(lambda: page.shown().endswith("of 10,000 findings"))
    assert len(page.heads()) == 1, page.shown()
    page.one("#clear").click()
    # The last one is reached by its fingerprint, however far down it is.
    last = page.driver.execute_script("return JSON.parse(document.getElementById('report').textContent).findings.at(-1).fingerprint")
    page.driver.get("about:blank")
    page.driver.get(f"{FILES['many'].as_uri()}#finding={last}")
    assert last in page.one("#findings .detail").text


def hostile(page):
    page.heads()[0].click()
    assert "<img src=x" in page.one("#findings").text
    assert not page.driver.find_elements(By.CSS_SELECTOR, "#app img, td img")


def compared(page):
    page.picture("compared")
    heads = [head.text.lower() for head in page.heads()]
    assert page.one("h1").text == "1 new finding (1 medium)"
    # The new one decides the exit code, whatever is known of worse.
    assert len(heads) == 2 and "medium" in heads[0] and "new" in heads[0], heads
    assert "critical" in heads[1] and "known" in heads[1], heads
    assert "leaves.yaml" in page.one("#gone + div").text
    # On a telephone, nothing is cut off.
    page.driver.set_window_size(420, 900)
    page.picture("compared-narrow")
    wide = page.driver.execute_script("return [...document.querySelectorAll('#findings *')].filter((n) => n.scrollWidth > n.clientWidth + 1 && n.clientWidth).length")
    page.driver.set_window_size(1280, 1000)
    assert wide == 0, f"{wide} elements are wider than the page"


def nothing(page):
    page.picture("nothing")
    assert "Nothing was found" in page.one("main").text


FILES = {}


def main():
    keysift = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        crowd = scratch / "crowd"
        crowd.mkdir()
        for part in range(100):
            lines = "".join(f"key-{part * 100 + n:04}.id: {key_id()}\n" for n in range(100))
            (crowd / f"keys-{part}.yaml").write_text(lines)
        trap = scratch / "trap"
        trap.mkdir()
        (trap / (HOSTILE.replace("/", "") + ".properties")).write_text(f"{HOSTILE.replace('=', '')}.id={key_id()}\n")
        targets = {
            "sample": (ROOT / "testdata/orders.jar", a_sample),
            "many": (crowd, many),
            "hostile": (trap, hostile),
            "nothing": (ROOT / "testdata/orders-clean.jar", nothing),
        }
        release = scratch / "release"
        release.mkdir()
        known = f"aws_access_key_id: {key_id()}\naws_secret_access_key: {secret_key()}\n"
        (release / f"stays-{'under-a-long-name-' * 8}.yaml").write_text(known)
        (release / "leaves.yaml").write_text(f"key.id: {key_id()}\n")
        report(keysift, str(release), scratch / "before.html", "--write-baseline", str(scratch / "known.toml"))
        (release / "leaves.yaml").write_text(f"key.id: {key_id()}\n")
        targets["compared"] = (release, compared)
        for name, (target, _) in targets.items():
            FILES[name] = scratch / f"{name}.html"
            words = ["--baseline", str(scratch / "known.toml")] if name == "compared" else []
            report(keysift, str(target), FILES[name], *words)
        for dark in (False, True):
            driver = browser(scratch / f"profile-{dark}", dark)
            try:
                for name, (_, use) in targets.items():
                    page = Page(driver, FILES[name])
                    if dark:
                        page.picture(f"{name}-dark")
                        if name == "sample":
                            page.heads()[0].click()
                            page.picture("sample-open-dark")
                    else:
                        use(page)
                    page.quiet()
            finally:
                driver.quit()
    print(f"{len(targets)} passed, 0 failed")


if __name__ == "__main__":
    main()
