// Drives a real browser against the chat example:
//   BASE_URL=http://127.0.0.1:8787 node browser/chat.mjs [--shots FOLDER]
// With --shots it leaves chat-light.png, chat-dark.png and chat-phone.png in the folder.
// It needs Debian's `chromium` (or CHROMIUM=/path/to/it) and the optional package playwright-core.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values } = parseArgs({ options: { shots: { type: "string" } } });
const BASE_URL = process.env.BASE_URL;
assert.ok(BASE_URL, "set BASE_URL to where the chat example runs");

/** Two visitors with a browser each, which share nothing. */
const folders = [];
const browsers = await Promise.all([launch(), launch()]);

async function launch() {
  const userDataDir = await mkdtemp(path.join(os.tmpdir(), "conformance-browser-"));
  folders.push(userDataDir);
  return chromium.launchPersistentContext(userDataDir, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    viewport: { width: 1180, height: 760 },
    deviceScaleFactor: 2,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

try {
  await converse(...browsers);
  console.log("1 passed, 0 failed");
} catch (error) {
  console.error(error);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
} finally {
  await Promise.all(browsers.map((browser) => browser.close()));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
}

/** A window whose complaints are gathered. */
async function open(browser, complaints) {
  const page = await browser.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return page;
}

async function converse(browser, otherBrowser) {
  const complaints = [];
  const page = await open(browser, complaints);
  const other = await open(otherBrowser, complaints);
  // The connections of the first window pass through our hands, so that they can be cut.
  const links = [];
  await page.routeWebSocket(/\/live/, (link) => {
    link.connectToServer();
    links.push(link);
  });

  const room = `tea-house-${randomUUID().slice(0, 4)}`;
  const shown = page.locator("#messages .text");
  const texts = ["Good morning! Is the kettle on?", "I brought <b>oolong</b> & scones <img src=x onerror=alert(1)>"];

  // Into a room of our own, under a name of our own.
  await page.goto(BASE_URL);
  await page.locator("#my-name").fill("Ada Lovelace");
  await page.locator("#room-name").fill(room);
  await page.locator("#new-room button").click();
  await page.locator("#title", { hasText: room }).waitFor();
  await page.locator("#welcome").waitFor({ state: "visible" });

  // Two messages, once by the keyboard and once by the button.
  await page.locator("#text").fill(texts[0]);
  await page.locator("#text").press("Enter");
  await shown.nth(0).waitFor();
  await page.locator("#text").fill(texts[1]);
  await page.locator("#send").click();
  await shown.nth(1).waitFor();
  assert.deepEqual(await shown.allTextContents(), texts);
  assert.equal(await page.locator("#text").inputValue(), "");
  assert.equal(await page.locator("#messages img").count(), 0, "a message became markup");

  // A second visitor sees what was said, and both see each other.
  await other.goto(`${BASE_URL}/#${room}`);
  await other.locator("#my-name").fill("Grace Hopper");
  const shownToOther = other.locator("#messages .text");
  await shownToOther.nth(1).waitFor();
  assert.deepEqual(await shownToOther.allTextContents(), texts);
  for (const window of [page, other]) {
    await window.locator("#state.live").waitFor({ state: "attached" });
    await window.locator('#people[title="Ada Lovelace, Grace Hopper"]').waitFor({ state: "attached" });
    assert.equal(await window.locator("#faces .avatar").count(), 2);
  }

  // Typing shows at the other side, and ends with the message.
  await other.locator("#text").pressSequentially("On", { delay: 20 });
  await page.locator("#typing.on", { hasText: "Grace Hopper is typing" }).waitFor();
  await other.locator("#text").fill("Only just arrived.");
  await other.locator("#text").press("Enter");
  texts.push("Only just arrived.");
  await shown.nth(2).waitFor();
  assert.equal(await page.locator("#typing.on").count(), 0);
  assert.equal(await other.locator("#text").inputValue(), "");

  // Messages that come by other ways arrive by themselves.
  const others = [
    ["Grace Hopper", "Morning, Ada! Kettle is on, and the compiler is warm."],
    ["Grace Hopper", "Save me a scone?"],
    ["Alan", "On my way. I was only going to read one more page of the proof, and then it was eleven o'clock."],
  ];
  for (const [author, text] of others) {
    const response = await page.request.post(`${BASE_URL}/api/rooms/${room}/messages`, { data: { author, text } });
    assert.equal(response.status(), 201);
    texts.push(text);
  }
  await shown.nth(texts.length - 1).waitFor();
  assert.deepEqual(await shown.allTextContents(), texts);
  await shownToOther.nth(texts.length - 1).waitFor();
  assert.deepEqual(await shownToOther.allTextContents(), texts);
  await page.locator(`#rooms a[aria-current=page]`, { hasText: `${texts.length} messages` }).waitFor();

  // Still there after a reload, and so are the name and the room.
  await page.reload();
  await shown.nth(texts.length - 1).waitFor();
  assert.deepEqual(await shown.allTextContents(), texts);
  assert.equal(await page.locator("#my-name").inputValue(), "Ada Lovelace");
  assert.equal(await page.locator("#messages .mine").count(), 2);

  // Another room is another object.
  await page.goto(`${BASE_URL}/#${room}-2`);
  await page.locator("#welcome").waitFor({ state: "visible" });
  assert.equal(await shown.count(), 0);
  await page.goBack();
  await shown.nth(texts.length - 1).waitFor();

  // What the server refuses is explained, and the draft is kept.
  await page.locator("#my-name").fill("");
  await page.locator("#text").fill("who am I?");
  await page.locator("#send").click();
  await page.locator("#problem", { hasText: "author must not be empty" }).waitFor();
  assert.equal(await page.locator("#text").inputValue(), "who am I?");
  assert.deepEqual(complaints, []);
  await page.locator("#my-name").fill("Ada Lovelace");
  await page.locator("#send").click();
  await shown.nth(texts.length).waitFor();

  // A connection that is lost comes back by itself, and brings what was missed.
  const before = links.length;
  await links.at(-1).close({ code: 1011, reason: "cut by the test" });
  await page.locator("#state.lost").waitFor();
  await other.locator("#text").fill("Still there?");
  await other.locator("#send").click();
  await shown.nth(texts.length + 1).waitFor();
  await page.locator("#state.live").waitFor();
  assert.equal(links.length, before + 1);
  await page.locator('#people[title="Ada Lovelace, Grace Hopper"]').waitFor({ state: "attached" });

  // Who leaves is not shown any more.
  await other.locator("#text").pressSequentially("and n", { delay: 20 });
  await page.locator("#typing.on").waitFor();
  await screenshot(page, "chat-light.png");
  await other.close();
  await page.locator('#people[title="Ada Lovelace"]').waitFor({ state: "attached" });
  await page.emulateMedia({ colorScheme: "dark" });
  await screenshot(page, "chat-dark.png");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 760 });
  await screenshot(page, "chat-phone.png");
  await page.locator("#menu").click();
  await page.locator("#room-name").waitFor({ state: "visible" });

  assert.deepEqual(complaints, []);
}

/** Takes the picture once everything that moves has come to rest, but for what moves for ever. */
async function screenshot(page, name) {
  if (!values.shots) return;
  await page.evaluate(() => {
    const ends = (animation) => Number.isFinite(animation.effect.getComputedTiming().endTime);
    return Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished));
  });
  await page.screenshot({ path: path.join(values.shots, name) });
}
