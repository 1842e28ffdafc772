// A browser of the test's own, and how the scenarios use it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import AxeBuilder from '@axe-core/playwright';

export const CHROMIUM = process.env.DM_CHROMIUM ?? '/usr/bin/chromium';
export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const PATIENCE = Number(process.env.DM_PATIENCE ?? 30_000);

// Runs `work` with a fresh profile. What a page logs as an error fails the scenario: {allowed} says what
// may be. Chromium reports every refused request there.
export async function withBrowser(base, work, { width = 1200, height = 850, dark = false, allowed = [] } = {}) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'dm-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM, args: FLAGS, headless: true, viewport: { width, height }, locale: 'fr-FR', timezoneId: 'America/New_York',
    colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce', baseURL: base });
  context.setDefaultTimeout(PATIENCE);
  const mistakes = [];
  const page = await context.newPage();
  page.on('pageerror', (error) => mistakes.push(`exception: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') mistakes.push(`console: ${message.text()} ${message.location().url}`); });
  try {
    await work(page, context);
  } catch (error) {
    error.message += `\nat ${page.url()}\n${mistakes.join('\n')}\n${(await page.locator('main').innerText().catch(() => '')).slice(0, 1500)}`;
    throw error;
  } finally {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true });
  }
  assert.deepEqual(mistakes.filter((one) => !allowed.some((pattern) => pattern.test(one))), []);
}

// Waits until the page with that heading is shown.
export const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

// In the page itself; what is read to screen readers says some of it too.
export const says = (page, text, options) => page.locator('main').getByText(text, options).first().waitFor();

export const cards = (page) => page.locator('ul.cards > li');

// Asks again and again until it holds.
export async function until(what, holds) {
  const deadline = Date.now() + PATIENCE;
  while (!await holds()) {
    assert.ok(Date.now() < deadline, `not in time: ${what}`);
    await sleep(100);
  }
}

export const idOfFocus = (page) => page.evaluate(() => document.activeElement.id);

// The file that comes of a button: {name, bytes}.
export async function download(page, button) {
  const [file] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { name: file.suggestedFilename(), bytes: fs.readFileSync(await file.path()) };
}

export async function open(page, address, name) {
  await page.goto(address);
  await heading(page, name);
}

// Through the issuer, as people do.
export async function signIn(page, person) {
  await page.goto('/');
  await page.getByRole('link', { name: 'Se connecter' }).click();
  await page.getByRole('button', { name: new RegExp(`^${person}`) }).click();
  await page.getByRole('button', { name: 'Se déconnecter' }).waitFor();
}

export async function signOut(page) {
  await page.getByRole('button', { name: 'Se déconnecter' }).click();
  await page.getByRole('link', { name: 'Se connecter' }).waitFor();
}

export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

// What axe finds that is serious or worse; the rest is printed.
export async function axe(page, name) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const one of violations) console.log(`axe ${name}: ${one.impact} ${one.id} at ${one.nodes.map((node) => node.target).join(' ; ')}`);
  if (violations.length === 0) console.log(`axe ${name}: nothing`);
  return violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => `${name}: ${one.id}`);
}

export async function picture(page, folder, name) {
  fs.mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
