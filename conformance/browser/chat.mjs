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

const userDataDir = await mkdtemp(path.join(os.tmpdir(), "conformance-browser-"));
const browser = await chromium.launchPersistentContext(userDataDir, {
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

try {
  await converse(browser);
  console.log("1 passed, 0 failed");
} catch (error) {
  console.error(error);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
} finally {
  await browser.close();
  await rm(userDataDir, { recursive: true, force: true });
}

async function converse(browser) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
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

  // Someone else's messages arrive by themselves.
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
  const expected = complaints.splice(0).filter((text) => !/status of 400/.test(text));
  assert.deepEqual(expected, []);
  await page.locator("#my-name").fill("Ada Lovelace");
  await page.locator("#send").click();
  await shown.nth(texts.length).waitFor();

  await screenshot(page, "chat-light.png");
  await page.emulateMedia({ colorScheme: "dark" });
  await screenshot(page, "chat-dark.png");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 760 });
  await screenshot(page, "chat-phone.png");
  await page.locator("#menu").click();
  await page.locator("#room-name").waitFor({ state: "visible" });

  assert.deepEqual(complaints, []);
}

/** Takes the picture once everything that moves has come to rest. */
async function screenshot(page, name) {
  if (!values.shots) return;
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  await page.screenshot({ path: path.join(values.shots, name) });
}
