// What no module of the portal may do with what people wrote. node --test page_rules_test.mjs
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';

const site = new URL('../../../services/gateway/portal/site/', import.meta.url);
const modules = readdirSync(site, { recursive: true }).filter((file) => file.endsWith('.js'))
  .map((file) => [file, readFileSync(new URL(file, site), 'utf8')]);

const filesWhere = (wrong) => modules.filter(([, source]) => wrong(source)).map(([file]) => file);

// Text that becomes markup or code, and messages of other windows, which nobody checks here.
const makesMore = (source) => /\b(innerHTML|outerHTML|insertAdjacentHTML|srcdoc|createContextualFragment|DOMParser|postMessage|eval)\b|document\.write|new Function|'message'/.test(source);

// What others at the same computer would find when the session has ended.
const keeps = (source) => /\b(localStorage|sessionStorage|indexedDB|cookieStore|serviceWorker)\b|document\.cookie|\bcaches\./.test(source);

// A field whose name came from elsewhere, "__proto__" perhaps; and comparisons that take "1" for 1.
const takesNames = (source) => /__proto__|\w\[[a-z]\w*(\.\w+)*\] \??\|?\|?= ?(?!=)/i.test(source);
const comparesLoosely = (source) => /[^=!<>]==[^=]|!=[^=]/.test(source);

// Which parts of its address a page puts into the path of a call as they came: "../people" would call
// something else. Paths of calls begin without a slash, those of pages with one.
function unguarded(source) {
  const taken = /show\(\{ params: \[([\w, ]+)\]/.exec(source)?.[1].split(', ') ?? [];
  return taken.filter((name) => new RegExp(`\`(?!/)[\\w$.{}()/]*\\$\\{${name}\\}`).test(source));
}

test('all modules are looked at', () => {
  assert.ok(modules.length > 40);
  assert.ok(filesWhere((source) => source.includes('params')).length > 5);
});

test('no module makes markup or code of a text, or listens to other windows', () => {
  // The first page again, from a file of the portal itself.
  assert.deepEqual(filesWhere(makesMore), ['pages/home.js']);
  for (const source of ['a.innerHTML = b', 'eval(a)', 'new Function(a)', "addEventListener('message', f)"]) assert.ok(makesMore(source), source);
});

test('no module keeps anything in the browser', () => {
  assert.deepEqual(filesWhere(keeps), []);
  for (const source of ["localStorage.setItem('a', b)", 'document.cookie = a', "await caches.open('a')"]) assert.ok(keeps(source), source);
});

test('no module writes fields by names from elsewhere, or compares loosely', () => {
  // Three names, all in the line.
  assert.deepEqual(filesWhere(takesNames), ['dom.js']);
  for (const source of ['a[key] = b', 'a[one.name] = b', 'a.__proto__']) assert.ok(takesNames(source), source);
  assert.ok(!takesNames("const [a] = b; a['b'] = c; a[0] = c; if (a[b] === c) d"));
  assert.deepEqual(filesWhere(comparesLoosely), []);
  for (const source of ['a == b', 'a != null']) assert.ok(comparesLoosely(source), source);
  assert.ok(!comparesLoosely('a === b && a !== c && a <= d && a >= e && (f) => f'));
});

test('a page that puts a part of its address into a call encodes it', () => {
  assert.deepEqual(filesWhere((source) => unguarded(source).length > 0), []);
  assert.deepEqual(unguarded('show({ params: [id, run], signal }) { get(`offers/${id}/runs`); get(`x/${encodeURIComponent(run)}`); go(`/offres/${run}`); }'), ['id']);
});
