// The address decides what is shown. Links inside the portal change the address without loading the
// shell again; the back button brings back the page as it was, and its place.
import { endSession, loadSession, session, is, inWords, ApiError } from './api.js';
import { h, pageHead, note } from './dom.js';

const pages = [
  ['/', '', () => import('./pages/home.js')],
  ['/metiers', 'teal', () => import('./pages/professions.js')],
  ['/metiers/*', 'teal', () => import('./pages/profession.js')],
  ['/ambassadeurs', 'plum', () => import('./pages/ambassadors.js')],
  ['/ambassadeurs/*', 'plum', () => import('./pages/ambassador.js')],
  ['/ambassadeurs/*/reserver/*', 'plum', () => import('./pages/book.js')],
  ['/mini-stages', 'clay', () => import('./pages/offers.js')],
  ['/mini-stages/*', 'clay', () => import('./pages/offer.js')],
  ['/mini-stages/*/reserver/*', 'clay', () => import('./pages/book.js')],
  ['/mini-stages/*/signaler', 'clay', () => import('./pages/report.js')],
  ['/mon-espace', '', () => import('./pages/bookings.js')],
  ['/mon-espace/reservations/*', '', () => import('./pages/booking.js')],
  ['/mon-espace/profil', '', () => import('./pages/profile.js')],
  ['/mon-espace/donnees', '', () => import('./pages/my_data.js')],
  ['/consentement', '', () => import('./pages/consent.js')],
  ['/signature', '', () => import('./pages/signature.js')],
  ['/desabonnement/*', '', () => import('./pages/mail_choice.js')],
  ['/espace-entreprise', '', () => import('./pages/host_desk.js')],
  ['/espace-entreprise/offres/nouvelle', '', () => import('./pages/host_offer_new.js')],
  ['/espace-entreprise/offres/*', '', () => import('./pages/host_offer.js')],
  ['/espace-entreprise/offres/*/modifier', '', () => import('./pages/host_offer_edit.js')],
  ['/espace-entreprise/offres/*/dupliquer', '', () => import('./pages/host_offer_copy.js')],
  ['/espace-agence', '', () => import('./pages/agency_desk.js')],
  ['/espace-agence/offres/*', '', () => import('./pages/agency_offer.js')],
  ['/espace-agence/signalements/*', '', () => import('./pages/agency_report.js')],
  ['/espace-ambassadeur', '', () => import('./pages/ambassador_desk.js')],
  ['/connexion', '', () => import('./pages/sign_in.js')],
  ['/accessibilite', '', () => import('./pages/accessibility.js')],
  ['/donnees-personnelles', '', () => import('./pages/privacy.js')],
];

function find(path) {
  const parts = path.split('/');
  for (const [pattern, door, load] of pages) {
    const wanted = pattern.split('/');
    if (wanted.length !== parts.length) continue;
    if (!wanted.every((word, i) => (word === '*' ? parts[i] !== '' : word === parts[i]))) continue;
    return { door, load, params: parts.filter((_, i) => wanted[i] === '*').map(decodeURIComponent) };
  }
  return null;
}

// The links of mails, which name a thing and not a page.
export function addressOfMail(query) {
  const uuid = /^[0-9a-f-]{36}$/i;
  const [booking, offer, report, run, door] = ['booking', 'offer', 'report', 'session', 'door'].map((name) => query.get(name) ?? '');
  if (uuid.test(booking)) return `/mon-espace/reservations/${booking}`;
  if (uuid.test(offer)) return is('agency') ? `/espace-agence/offres/${offer}` : is('host') ? `/espace-entreprise/offres/${offer}` : `/mini-stages/${offer}`;
  if (uuid.test(report)) return `/espace-agence/signalements/${report}`;
  const [, kind, id, session] = /^(offers|ambassadors)\/([0-9a-f-]{36})\/sessions\/([0-9a-f-]{36})$/i.exec(run) ?? [];
  if (kind) return `/${kind === 'offers' ? 'mini-stages' : 'ambassadeurs'}/${id}/reserver/${session}`;
  if (door === 'offers' || door === 'ambassadors') {
    const wanted = new URLSearchParams();
    for (const [from, to] of [['professions', 'metier'], ['departments', 'dep']]) {
      query.getAll(from).forEach((value) => wanted.append(to, value));
    }
    return `/${door === 'offers' ? 'mini-stages' : 'ambassadeurs'}?${wanted}`;
  }
  return null;
}

const main = document.getElementById('contenu');
// Pages that were left, by the key of their place in the history.
const left = new Map();
const MOST_KEPT = 12;
let showing = null;
let current = { key: null, node: null, title: '' };
// Kept once it was asked who is signed in. Pages that show the same to everybody do not wait for it.
let known = null;

const newKey = () => Math.random().toString(36).slice(2);
const scrollOf = () => ({ x: window.scrollX, y: window.scrollY });

function remember() {
  if (current.key === null) return;
  left.delete(current.key);
  left.set(current.key, { ...current, scroll: scrollOf() });
  if (left.size > MOST_KEPT) left.delete(left.keys().next().value);
}

function put(content, title, door) {
  main.className = door;
  main.removeAttribute('aria-busy');
  main.replaceChildren(...[content].flat());
  document.title = title === 'Destination Métier' ? title : `${title} – Destination Métier`;
  for (const link of document.querySelectorAll('.doors-nav a, .account a')) {
    const here = link.pathname === location.pathname || (link.pathname !== '/' && location.pathname.startsWith(`${link.pathname}/`));
    if (here) link.setAttribute('aria-current', link.pathname === location.pathname ? 'page' : 'true');
    else link.removeAttribute('aria-current');
  }
}

function focusTop(isFirst) {
  if (isFirst) return;
  const title = main.querySelector('h1');
  if (title && !title.hasAttribute('tabindex')) title.setAttribute('tabindex', '-1');
  (title ?? main).focus({ preventScroll: true });
}

const failure = (error) => {
  const unknown = error instanceof ApiError && error.status === 404;
  const title = unknown ? 'Page introuvable' : 'Un problème est survenu';
  return { title, content: [pageHead(title), h('div', { class: 'wrap narrow' }, note('bad', h('p', {}, inWords(error))),
    h('div', { class: 'buttons' }, !unknown && h('button', { class: 'button', onclick: () => render() }, 'Réessayer'), h('a', { href: '/' }, 'Revenir à l’accueil')))] };
};

const signInFirst = (error) => ({ title: 'Connectez-vous', content: [pageHead('Connectez-vous pour continuer'), h('div', { class: 'wrap narrow' },
  h('p', {}, error?.reason === 'AUTHENTICATION_INSUFFICIENT' ? inWords(error) : 'Cette page est personnelle.'), h('div', { class: 'buttons' }, h('a', { class: 'button', href: signInAddress() }, 'Se connecter')))] });

export const signInAddress = (path = location.pathname + location.search) => `/auth/signin?return=${encodeURIComponent(path)}`;

async function render({ isFirst = false, scroll = null } = {}) {
  const mailed = location.pathname === '/' && location.search !== '' ? addressOfMail(new URLSearchParams(location.search)) : null;
  if (mailed !== null) history.replaceState(history.state, '', mailed);
  const found = find(location.pathname);
  showing?.abort();
  const mine = new AbortController();
  showing = mine;
  const wait = setTimeout(() => {
    main.setAttribute('aria-busy', 'true');
    main.replaceChildren(h('p', { class: 'loading' }, 'Chargement…'));
  }, isFirst ? 0 : 250);
  if (isFirst && location.pathname === '/') clearTimeout(wait);
  let page;
  try {
    if (found === null) throw new ApiError(404, null);
    const module = await found.load();
    if (!module.sameForAll) await known;
    // No answer came before; without one now, signing in would lead nowhere either.
    if (module.needsSession && session.signedIn === undefined && (await loadSession()).signedIn === undefined) throw new ApiError(503, null);
    if (module.needsSession && !session.signedIn) page = signInFirst();
    else page = await module.show({ params: found.params, path: location.pathname, query: new URLSearchParams(location.search), signal: mine.signal, depth: history.state?.depth ?? 1 });
  } catch (error) {
    if (mine.signal.aborted) return;
    if (!(error instanceof ApiError)) console.error(error);
    page = error instanceof ApiError && error.status === 401 ? signInFirst(error) : failure(error);
  } finally {
    clearTimeout(wait);
  }
  if (mine.signal.aborted) return;
  if (page.elsewhere) return go(page.elsewhere, { replace: true });
  current = { key: history.state?.key ?? null, node: [page.content].flat(), title: page.title, door: found?.door ?? '' };
  put(current.node, current.title, current.door);
  window.scrollTo(scroll?.x ?? 0, scroll?.y ?? 0);
  focusTop(isFirst);
  page.ready?.();
}

// What takes the place of another page comes of a change: what was shown before is old.
export function go(address, { replace = false } = {}) {
  if (replace) {
    left.clear();
    history.replaceState({ key: newKey() }, '', address);
  } else {
    remember();
    history.pushState({ key: newKey() }, '', address);
  }
  render();
}

// For a page that has changed its own address: the same page, another place in the history.
export function readdress(address) {
  // What is shown changes with the address, so that going back has to fetch it anew.
  left.delete(current.key);
  history.pushState({ key: newKey() }, '', address);
  current = { ...current, key: history.state.key };
}

// Shows the same page anew after a change, where the reader is.
export function refresh() {
  left.clear();
  return render({ scroll: scrollOf() });
}

function followLink(event) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.('a[href]');
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (find(link.pathname) === null || (link.hash !== '' && link.pathname === location.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search + link.hash);
}

function followForm(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'get') return;
  const address = new URL(form.action);
  if (address.origin !== location.origin || find(address.pathname) === null) return;
  event.preventDefault();
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''));
  go(address.pathname + (query.size > 0 ? `?${query}` : ''));
}

function returned(event) {
  const kept = left.get(event.state?.key);
  remember();
  if (kept === undefined) return render({ scroll: event.state?.scroll });
  showing?.abort();
  current = { ...kept, key: event.state.key };
  put(kept.node, kept.title, kept.door);
  window.scrollTo(kept.scroll.x, kept.scroll.y);
  focusTop(false);
}

// Where somebody's own things are: [address, label].
export function deskOf() {
  if (is('agency') || is('operator')) return ['/espace-agence', 'Espace agence'];
  if (is('host')) return ['/espace-entreprise', 'Espace entreprise'];
  return is('ambassador') ? ['/espace-ambassadeur', 'Mes rencontres'] : ['/mon-espace', 'Mon espace'];
}

function showAccount() {
  const place = document.getElementById('compte');
  if (!session.signedIn) {
    place.replaceChildren(h('a', { class: 'button quiet', href: signInAddress('/mon-espace'), onclick: (event) => { event.currentTarget.href = signInAddress(location.pathname === '/' ? '/mon-espace' : undefined); } }, 'Se connecter'));
    return;
  }
  const desk = deskOf();
  place.replaceChildren(h('nav', { 'aria-label': 'Mon compte', class: 'doors-nav-account' }, h('ul', {}, h('li', {}, h('a', { class: 'button quiet', href: desk[0] }, desk[1])))),
    h('button', { class: 'as-link', title: session.displayName ? `Connecté : ${session.displayName}` : null, onclick: signOut }, 'Se déconnecter'));
}

// Nothing of somebody stays once they are signed out: neither on the page, nor on those that the back
// button would bring back, nor (the page as it is left) in the browser's own memory of pages.
function forget() {
  showing?.abort();
  left.clear();
  current = { key: null, node: null, title: '' };
  main.replaceChildren();
  document.getElementById('compte').replaceChildren();
}

async function signOut() {
  forget();
  const { signOutUrl } = await endSession();
  location.assign(signOutUrl || '/');
}

// Not awaited here: pages import this module, and would wait for it for ever.
async function start() {
  history.scrollRestoration = 'manual';
  if (!history.state?.key) history.replaceState({ key: newKey() }, '');
  document.addEventListener('click', followLink);
  document.addEventListener('submit', followForm);
  document.addEventListener('sessionknown', showAccount);
  document.addEventListener('sessionended', () => { forget(); showAccount(); render(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && session.signedIn !== false) loadSession(); });
  window.addEventListener('pageshow', (event) => { if (event.persisted && current.node === null) location.reload(); });
  window.addEventListener('popstate', returned);
  window.addEventListener('pagehide', () => history.replaceState({ ...history.state, scroll: scrollOf() }, ''));
  document.querySelector('.skip').addEventListener('click', (event) => { event.preventDefault(); main.focus(); });
  known = loadSession();
  // Where a mail leads depends on who follows it.
  if (location.pathname === '/' && location.search !== '') await known;
  await render({ isFirst: true, scroll: history.state.scroll });
}
start();
