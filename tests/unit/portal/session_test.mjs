// How the pages go on when an access token ends, and after a sign-in. node --test session_test.mjs
import assert from 'node:assert/strict';
import test from 'node:test';

const { endSession, get, loadSession, ownPath, session } = await import(new URL('../../../services/gateway/portal/site/api.js', import.meta.url));

const json = (status, body) => new Response(JSON.stringify(body), { status });

// A gateway whose access token has ended until somebody asks who is there.
function gateway({ signedIn = true } = {}) {
  const seen = { asked: 0, ended: 0 };
  let fresh = false;
  globalThis.document = new EventTarget();
  document.addEventListener('sessionended', () => { seen.ended += 1; });
  globalThis.fetch = async (path) => {
    await new Promise((resolve) => { setTimeout(resolve, 1); });
    if (path !== '/auth/session') return fresh ? json(200, { path }) : json(401, { error: { message: 'ended' } });
    seen.asked += 1;
    fresh = signedIn;
    return json(200, { signedIn });
  };
  Object.assign(session, { signedIn: true });
  return seen;
}

const browserWith = (locks) => Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });

const callThrice = () => Promise.allSettled(['a', 'b', 'c'].map((path) => get(path)));

test('calls that find the access token ended at the same time renew it once', async () => {
  const asleep = { request: async (_, { signal }) => { assert.ok(signal); throw new DOMException('', 'TimeoutError'); } };
  for (const locks of [undefined, asleep, { request: async (_name, _options, work) => work() }]) {
    browserWith(locks);
    const seen = gateway();
    const answers = await callThrice();
    assert.deepEqual(answers.map(({ value }) => value?.path), ['/v1/a', '/v1/b', '/v1/c']);
    assert.deepEqual(seen, { asked: 1, ended: 0 });
    // Once it is answered, the next one asks anew.
    await loadSession();
    assert.equal(seen.asked, 2);
  }
});

test('windows take turns', async () => {
  const names = [];
  let open;
  const turn = new Promise((resolve) => { open = resolve; });
  browserWith({ request: async (name, _options, work) => { names.push(name); await turn; return work(); } });
  const seen = gateway();
  const answers = callThrice();
  await new Promise((resolve) => { setTimeout(resolve, 20); });
  assert.deepEqual([names, seen.asked], [['session'], 0]);
  open();
  assert.ok((await answers).every(({ status }) => status === 'fulfilled'));
  assert.equal(seen.asked, 1);
});

test('a session that has ended is told once, and the calls fail', async () => {
  browserWith(undefined);
  const seen = gateway({ signedIn: false });
  const answers = await callThrice();
  assert.deepEqual(answers.map(({ reason }) => reason?.status), [401, 401, 401]);
  assert.deepEqual(seen, { asked: 1, ended: 1 });
});

test('who is signed in stays unknown until an answer comes', async () => {
  browserWith(undefined);
  const seen = gateway();
  const { fetch } = globalThis;
  let known = 0;
  document.addEventListener('sessionknown', () => { known += 1; });
  session.signedIn = undefined;
  globalThis.fetch = async () => json(503, {});
  assert.equal((await loadSession()).signedIn, undefined);
  assert.equal(known, 0);
  // A call that finds the access token ended asks again.
  globalThis.fetch = fetch;
  assert.deepEqual(await get('a'), { path: '/v1/a' });
  assert.equal(session.signedIn, true);
  assert.deepEqual([known, seen.ended], [1, 0]);
});

// Turns as a browser gives them, to one after the other.
function turns() {
  let last = Promise.resolve();
  return { request: async (_name, _options, work) => { last = last.then(work); return last; } };
}

// Everything that can happen without an answer has.
const settled = () => new Promise((resolve) => { setImmediate(resolve); });

test('a sign-out goes after the renewal before it', async () => {
  browserWith(turns());
  gateway();
  const [sent, answers] = [[], []];
  globalThis.fetch = (path, options) => { sent.push(`${options.method ?? 'GET'} ${path}`); return new Promise((resolve) => { answers.push(resolve); }); };
  const asked = loadSession();
  const ended = endSession();
  await settled();
  assert.deepEqual(sent, ['GET /auth/session']);
  answers[0](json(200, { signedIn: true }));
  await asked;
  await settled();
  assert.deepEqual(sent, ['GET /auth/session', 'POST /auth/signout']);
  answers[1](json(200, { signOutUrl: 'https://connexion.example/' }));
  assert.deepEqual(await ended, { signOutUrl: 'https://connexion.example/' });
});

test('a sign-out is sent whatever holds the others up', async () => {
  for (const locks of [undefined, { request: async () => { throw new DOMException('', 'TimeoutError'); } }]) {
    browserWith(locks);
    gateway();
    let sent = 0;
    globalThis.fetch = async () => { sent += 1; throw new TypeError('offline'); };
    assert.deepEqual(await endSession(), {});
    assert.equal(sent, 1);
  }
});

test('a window waits for its turn as long as the gateway may for the issuer', async (t) => {
  const waits = [];
  t.mock.method(AbortSignal, 'timeout', (time) => { waits.push(time); return new AbortController().signal; });
  browserWith(turns());
  gateway();
  await loadSession();
  assert.ok(waits[0] > 10_000, `${waits}`);
});

test('after a sign-in people stay in the portal', () => {
  for (const path of ['/', '/mini-stages?dep=61', '/metiers/K1304#suite']) assert.equal(ownPath(path, '/mon-espace'), path);
  for (const path of [null, '', 'mini-stages', '//evil.example', '/\\evil.example', '/\t/evil.example', '\\\\evil.example', 'https://evil.example/', 'javascript:alert(1)']) {
    assert.equal(ownPath(path, '/mon-espace'), '/mon-espace', path);
  }
});
