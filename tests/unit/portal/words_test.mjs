// How the portal writes dates, places and errors. node --test words_test.mjs
import assert from 'node:assert/strict';
import test from 'node:test';

const site = new URL('../../../services/gateway/portal/site/', import.meta.url);
const { date, distance, moment, period, place, plural, riasec, seats } = await import(new URL('format.js', site));
const { ApiError, inWords, newWish, queryOf } = await import(new URL('api.js', site));
const { clockOf, instantOf } = await import(new URL('session_fields.js', site));

test('a period is written as people say it, in the time of Paris', () => {
  for (const [start, end, words] of [
    ['2026-12-21T08:00:00Z', '2026-12-25T16:00:00Z', 'du lundi 21 au vendredi 25 décembre, de 9 h à 17 h'],
    ['2026-12-28T08:00:00Z', '2027-01-01T16:30:00Z', 'du lundi 28 décembre au vendredi 1er janvier, de 9 h à 17 h 30'],
    ['2026-12-01T08:00:00Z', '2026-12-04T16:00:00Z', 'du mardi 1er au vendredi 4 décembre, de 9 h à 17 h'],
    ['2026-07-06T07:00:00Z', '2026-07-06T08:00:00Z', 'lundi 6 juillet, de 9 h à 10 h'],
    // Late in the evening in Paris it is the day before elsewhere.
    ['2026-06-30T22:30:00Z', '2026-06-30T23:00:00Z', 'mercredi 1er juillet, de 0 h 30 à 1 h'],
  ]) assert.equal(period(start, end), words);
  assert.equal(moment('2026-12-01T08:05:00Z'), 'mardi 1er décembre à 9 h 05');
  assert.equal(date('2027-05-11'), '11 mai 2027');
});

test('days and hours that are written are those of Paris, also when its clocks change', () => {
  for (const [day, hour, instant] of [
    ['2026-12-21', '09:00', '2026-12-21T08:00:00.000Z'],
    ['2026-07-06', '09:00', '2026-07-06T07:00:00.000Z'],
    ['2027-01-01', '00:30', '2026-12-31T23:30:00.000Z'],
    ['2027-03-28', '01:59', '2027-03-28T00:59:00.000Z'],
    ['2027-03-28', '03:00', '2027-03-28T01:00:00.000Z'],
    ['2027-10-31', '09:00', '2027-10-31T08:00:00.000Z'],
  ]) {
    assert.equal(instantOf(day, hour), instant);
    assert.equal(clockOf(Date.parse(instant)), `${day}T${hour}`);
  }
});

test('what is sent again has its id, what is sent anew another', () => {
  const wish = newWish();
  const id = wish({ title: 'Un' });
  assert.equal(wish({ title: 'Un' }), id);
  assert.notEqual(wish({ title: 'Deux' }), id);
  assert.notEqual(newWish()({ title: 'Un' }), id);
});

test('numbers, places and distances have their words', () => {
  assert.deepEqual([0, 1, 2].map((count) => plural(count, 'offre', 'offres')), ['0 offre', '1 offre', '2 offres']);
  assert.deepEqual([0, 1, 3].map(seats), ['Complet', '1 place libre', '3 places libres']);
  assert.equal(place({ commune: 'Caligny', department: '61' }), 'Caligny (Orne)');
  assert.equal(place({ commune: 'Laval', department: '53' }), 'Laval');
  assert.equal(place(undefined), '');
  assert.deepEqual([undefined, null, 0.4, 12.4].map(distance), ['', '', 'à moins de 1 km', 'à 12 km']);
  assert.equal(riasec('RS'), 'concret, tourné vers les autres');
});

test('a query holds what was asked for and nothing empty', () => {
  assert.equal(queryOf({ query: '', departments: ['61', '14'], from: null, availableOnly: false, pageSize: 20 }), '?departments=61&departments=14&pageSize=20');
  assert.equal(queryOf({ query: undefined }), '');
  assert.equal(queryOf({ query: 'é&=' }), '?query=%C3%A9%26%3D');
});

test('an error is said in plain French, never as it came', () => {
  const refusal = (status, reason, more = []) => new ApiError(status, { error: { message: 'internal words', details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }, ...more] } });
  const localized = { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'fr', message: 'Dites-le autrement.' };
  assert.match(inWords(refusal(400, 'SESSION_FULL')), /Toutes les places/);
  assert.equal(inWords(refusal(400, 'UNHEARD_OF', [localized])), 'Dites-le autrement.');
  for (const status of [400, 404, 409, 429, 500, 503]) {
    const words = inWords(refusal(status, 'UNHEARD_OF'));
    assert.ok(words.length > 20 && !words.includes('internal'), words);
  }
  assert.match(inWords(new ApiError(502, null)), /de notre côté/);
  assert.match(inWords(new TypeError('Failed to fetch')), /connexion/);
});

test('every page of the router has its title and its module, in the same order', async () => {
  const { readFile } = await import('node:fs/promises');
  const routed = [...(await readFile(new URL('main.js', site), 'utf8')).matchAll(/^  \['(\/[^']*)', '[a-z]*', \(\) => import\('(\.\/pages\/\w+\.js)'\)\],$/gm)];
  const listed = (await readFile(new URL('pages.txt', site), 'utf8')).trimEnd().split('\n').map((line) => line.split('\t'));
  assert.deepEqual(routed.map(([, path, module]) => [path, module]), listed.map(([path, , page]) => [path, `./pages/${page}.js`]));
  for (const [, , module] of routed) assert.match(await readFile(new URL(module, site), 'utf8'), /export async function show\(/, module);
  for (const [path, title] of listed) assert.ok(title?.length > 3, path);
});
