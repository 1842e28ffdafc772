// Calls of the suite, and its errors in words for people.

export class ApiError extends Error {
  constructor(status, body) {
    super(body?.error?.message ?? '');
    this.status = status;
    const details = body?.error?.details ?? [];
    const of = (type) => details.find((one) => one['@type']?.endsWith(type));
    this.reason = of('ErrorInfo')?.reason ?? '';
    this.metadata = of('ErrorInfo')?.metadata ?? {};
    this.words = of('LocalizedMessage')?.locale?.startsWith('fr') ? of('LocalizedMessage').message : '';
    this.fields = of('BadRequest')?.fieldViolations ?? [];
    this.rules = of('PreconditionFailure')?.violations ?? [];
  }
}

const WORDS = {
  SESSION_FULL: 'Toutes les places de cette date sont prises.',
  SESSION_PAST: 'Cette date est passée.',
  SESSION_CLOSED: 'Cette date n’est plus proposée.',
  ALREADY_BOOKED: 'Vous avez déjà une réservation pour cette date.',
  BOOKING_OVERLAP: 'Vous avez déjà une réservation au même moment.',
  PROFILE_REQUIRED: 'Complétez d’abord votre profil : votre date de naissance est nécessaire.',
  NOT_ELIGIBLE: 'Les règles ne permettent pas cette réservation.',
  TOO_MANY_REQUESTS_OPEN: 'Vous avez déjà plusieurs demandes sans réponse. Attendez une réponse, ou annulez une demande.',
  HOST_QUOTA_REACHED: 'Cette entreprise ne prend plus de demande ce mois-ci.',
  RESERVED_TO_SCHOOLS: 'Cette date est réservée à certains établissements ou quartiers.',
  STATE_CONFLICT: 'Ce n’est plus possible : la situation a changé entre-temps.',
  ETAG_MISMATCH: 'Quelqu’un a changé cette page entre-temps. Relisez-la, puis recommencez.',
  GUARDIAN_IS_APPLICANT: 'L’adresse du responsable légal doit être différente de la vôtre.',
  GUARDIAN_BOUND: 'Votre responsable légal a déjà répondu : seule l’agence peut le remplacer.',
  GUARDIAN_UNKNOWN: 'Indiquez d’abord votre responsable légal dans votre profil.',
  GUARDIAN_CHANGED_TOO_OFTEN: 'Vous avez changé de responsable légal trop souvent aujourd’hui. Réessayez demain.',
  BIRTH_DATE_FIXED: 'Votre date de naissance ne peut plus être changée ici. Demandez à l’agence.',
  CONSENT_ASKED_TOO_OFTEN: 'Votre responsable légal a déjà été sollicité plusieurs fois. Réessayez plus tard.',
  CONSENT_TEXT_CHANGED: 'La demande a changé entre-temps. Relisez-la avant de répondre.',
  LINK_UNKNOWN: 'Ce lien n’est plus valable : il a déjà servi, il a été remplacé ou il a expiré.',
  OFFER_REPORTED: 'Vous avez déjà signalé cette offre. L’agence va vous répondre.',
  SESSION_NOT_STARTED: 'Ce n’est possible qu’une fois l’activité commencée.',
  FEEDBACK_GIVEN: 'Vous avez déjà donné votre avis.',
  SIGNATURE_CODE_WRONG: 'Ce code n’est pas le bon.',
  SIGNATURE_CODE_EXPIRED: 'Ce code ne vaut plus. Demandez-en un autre.',
  SIGNATURE_CODE_TOO_SOON: 'Un code vient de partir. Attendez un peu avant d’en demander un autre.',
  DOCUMENT_CHANGED: 'La convention a changé entre-temps. Relisez-la avant de signer.',
  OFFER_STATE_CONFLICT: 'L’offre a changé d’état entre-temps. Rechargez la page.',
  OFFER_KEY_TAKEN: 'Une de vos offres porte déjà cette référence.',
  SESSION_EXISTS: 'Cette offre a déjà une date qui commence à ce moment.',
  COMPANY_BANNED: 'Cette entreprise ne peut plus proposer d’offre.',
  REPORT_RESOLVED: 'Ce signalement a déjà une réponse.',
  TOKEN_MISSING: 'Connectez-vous pour continuer.',
  TOKEN_INVALID: 'Votre connexion a expiré. Connectez-vous de nouveau.',
  ROLE_MISSING: 'Votre compte ne permet pas de faire cela.',
  OVERLOADED: 'Il y a beaucoup de monde en ce moment. Réessayez dans quelques instants.',
  BACKEND_UNAVAILABLE: 'Le service est momentanément indisponible. Réessayez dans quelques instants.',
};

// What a person is told.
export function inWords(error) {
  if (!(error instanceof ApiError)) {
    return globalThis.navigator?.onLine === false ? 'Vous n’êtes plus connecté à Internet.'
      : 'La page n’a pas pu être chargée. Vérifiez votre connexion, puis réessayez.';
  }
  return WORDS[error.reason] || error.words
    || (error.status === 404 ? 'Cette page n’existe pas ou n’existe plus.'
      : error.status === 400 ? 'Certaines informations ne sont pas correctes.'
        : error.status === 429 ? 'Trop de demandes en peu de temps. Réessayez dans quelques instants.'
          : 'Quelque chose n’a pas fonctionné de notre côté. Réessayez dans quelques instants.');
}

// The gateway takes the cookie of the session only together with this header, which no page of another
// site can send.
const OWN = { 'X-Destination-Metier': 'portal' };

async function send(path, options) {
  const response = await fetch(path, { ...options, headers: { ...OWN, Accept: 'application/json', 'Accept-Language': 'fr', ...options.headers } });
  if (response.ok) return response;
  throw new ApiError(response.status, await response.json().catch(() => null));
}

const NOBODY = { signedIn: false, roles: [], displayName: '', companies: [], ambassador: '', territory: [] };

// Who is signed in, as /auth/session last said: {signedIn, roles, displayName, …}. Until it has said so
// once, `signedIn` is undefined.
export const session = { ...NOBODY, signedIn: undefined };

async function askSession() {
  const answer = await fetch('/auth/session', { headers: OWN }).then((got) => (got.ok ? got.json() : null)).catch(() => null);
  // That nothing came says nothing of who is signed in.
  if (answer === null) return session;
  const before = session.signedIn;
  Object.assign(session, NOBODY, answer);
  if (before !== session.signedIn) document.dispatchEvent(new Event(before ? 'sessionended' : 'sessionknown'));
  return session;
}

// A session is renewed with a token that works once: all windows take turns, and find then what the one
// before them was given. Not for ever: a browser may put the window to sleep whose turn it is. Who has
// waited in vain asks out of turn, as do all in a browser without turns.
const inTurn = (ask, patience) => (async () => navigator.locks.request('session', { signal: AbortSignal.timeout(patience) }, ask))().catch(ask);

// Longer than the gateway waits for an issuer that is slow, twice 5 s.
const RENEWAL = 15_000;
// Somebody waits, and may leave before it was sent.
const SIGN_OUT = 5000;

let asking = null;

// Asks once for all who call meanwhile. Tells `sessionended` on the document when who was signed in is
// not any more, so that nothing of theirs goes on being shown, and `sessionknown` when it is known who is.
export function loadSession() {
  asking ??= inTurn(askSession, RENEWAL).finally(() => { asking = null; });
  return asking;
}

const askToEnd = () => fetch('/auth/signout', { method: 'POST', headers: OWN }).then((got) => got.json()).catch(() => ({}));

// Signs out, and gives {signOutUrl}. After a renewal under way, which would bring the session back.
export const endSession = () => inTurn(askToEnd, SIGN_OUT);

export const is = (role) => session.roles.includes(role);

// An access token lives shorter than a session: the gateway renews it when it is asked who is there.
async function withSession(call) {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401 || session.signedIn === false) throw error;
    await loadSession();
    if (!session.signedIn) throw error;
    return call();
  }
}

// {a: 1, b: ['x', 'y'], c: ''} becomes "?a=1&b=x&b=y".
export function queryOf(values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== '' && one !== null && one !== undefined && one !== false) query.append(name, one);
    }
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

// Where somebody goes on whom a link of others brought here: to no other host.
export const ownPath = (path, otherwise) => (/^\/(?!\/)[^\\\s]*$/.test(path ?? '') ? path : otherwise);

export const get = (path, values = {}, signal = undefined) => withSession(async () => (await send(`/v1/${path}${queryOf(values)}`, { signal })).json());

// Gives ids to what a form sends: the same one as long as the same is sent.
export function newWish() {
  let last = '';
  let id = '';
  return (body) => {
    const text = JSON.stringify(body);
    if (text !== last) [last, id] = [text, crypto.randomUUID()];
    return id;
  };
}

async function write(method, path, body, requestId, values = {}) {
  // One id for one wish: a second try after a broken connection does nothing twice.
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': requestId ?? crypto.randomUUID() };
  return withSession(async () => (await send(`/v1/${path}${queryOf(values)}`, { method, headers, body: JSON.stringify(body) })));
}

export const post = async (path, body = {}, requestId = undefined) => (await write('POST', path, body, requestId)).json();
export const patch = async (path, body, values = {}, requestId = undefined) => (await write('PATCH', path, body, requestId, values)).json();
// A paper, as a Blob.
export const getFile = (path) => withSession(async () => (await send(`/v1/${path}`, {})).blob());
export const postFile = async (path, body) => (await write('POST', path, body)).blob();

export const idOf = (name) => (name ?? '').split('/').at(-1);
