// The map of the mini-stages: the same offers as the list, by keyboard too, and nobody else is asked for it.
import assert from 'node:assert/strict';
import { axe, cards, heading, open, overflow, picture, withBrowser } from './browser.mjs';

const MARKERS = '.leaflet-marker-icon';

// What the suite says of the places of those offers.
async function placesOf(base, search) {
  const { offers } = await (await fetch(`${base}/v1/offers:search?${search}`)).json();
  return new Set(offers.map(({ place: { location } }) => `${location.latitude.toFixed(4)},${location.longitude.toFixed(4)}`));
}

// The offers in the popups, one place after another.
async function offersOnTheMap(page) {
  const found = [];
  const count = await page.locator(MARKERS).count();
  for (let i = 0; i < count; i += 1) {
    const marker = page.locator(MARKERS).nth(i);
    assert.notEqual(await marker.getAttribute('alt'), '');
    await marker.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.closest('.leaflet-popup-content') !== null);
    found.push(...await page.locator('.leaflet-popup-content a').evaluateAll((links) => links.map((link) => new URL(link.href).pathname)));
    await page.keyboard.press('Escape');
    await page.locator('.leaflet-popup').waitFor({ state: 'detached' });
    assert.ok(await marker.evaluate((one) => one === document.activeElement), 'the focus is lost with the list');
  }
  return found;
}

async function compare(page, base, pictures, kind) {
  await open(page, '/mini-stages?dep=61', 'Trouver un mini-stage');
  const toggle = page.getByRole('button', { name: 'Voir la carte' });
  await toggle.focus();
  await page.keyboard.press('Enter');
  await page.locator(MARKERS).first().waitFor();
  assert.equal(await page.getByRole('button', { name: 'Fermer la carte' }).getAttribute('aria-expanded'), 'true');
  assert.equal(await page.locator(MARKERS).count(), (await placesOf(base, 'departments=61&page_size=20')).size);
  const box = await page.locator('.map').boundingBox();
  for (const { x, y } of await page.locator(MARKERS).evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()))) {
    assert.ok(x >= box.x - 30 && x <= box.x + box.width && y >= box.y - 40 && y <= box.y + box.height, 'a marker is off the map');
  }
  await page.waitForFunction(() => document.querySelectorAll('ul.cards > li').length === 20);
  const listed = await cards(page).locator('h3 a').evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
  assert.deepEqual((await offersOnTheMap(page)).sort(), listed.sort());
  assert.deepEqual(await axe(page, `${kind} carte`), []);
  assert.ok(await overflow(page) <= 0);
  await page.locator(MARKERS).first().focus();
  await page.keyboard.press('Enter');
  await page.locator('.leaflet-popup').waitFor();
  assert.deepEqual(await axe(page, `${kind} carte ouverte`), []);
  await picture(page, pictures, `${kind}-carte`);
  const title = await page.evaluate(() => document.activeElement.innerText);
  await page.keyboard.press('Enter');
  await heading(page, title);
}

export async function map({ base, pictures }) {
  const asked = [];
  const kinds = { ordinateur: {}, telephone: { width: 320, height: 640 }, sombre: { dark: true } };
  for (const [kind, options] of Object.entries(kinds)) {
    await withBrowser(base, async (page) => {
      page.on('request', (request) => asked.push(request.url()));
      await compare(page, base, pictures, kind);
    }, options);
  }
  assert.deepEqual(asked.filter((url) => !url.startsWith(`${base}/`) && !url.startsWith('data:')), []);
}
