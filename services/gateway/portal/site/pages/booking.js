import { get, getFile, post, inWords, is } from '../api.js';
import { ask, h, note, pageHead, announce } from '../dom.js';
import { save } from '../files.js';
import { moment, period, SCHEMES } from '../format.js';
import { hostActions } from '../host_actions.js';
import { refresh } from '../main.js';
import { stateBadge } from './bookings.js';

export const needsSession = true;

const LIVE = ['STATE_OFFERED', 'STATE_PENDING_CONSENT', 'STATE_PENDING_HOST', 'STATE_WAITLISTED', 'STATE_CONFIRMED'];

const STEPS = {
  REQUESTED: 'Demande envoyée', CONFIRMED_AT_ONCE: 'Place confirmée', JOINED_WAITLIST: 'Inscription en liste d’attente', SEAT_FREED: 'Une place s’est libérée', OFFER_TAKEN: 'Place acceptée',
  GUARDIAN_CONSENTED: 'Accord du responsable légal', HOST_ACCEPTED: 'Demande acceptée', HOST_DECLINED: 'Demande refusée', HOST_DID_NOT_ANSWER: 'Pas de réponse à temps', APPLICANT_CANCELLED: 'Annulée par le jeune',
  HOST_CANCELLED: 'Annulée par l’entreprise', AGENCY_CANCELLED: 'Annulée par l’agence', SESSION_CANCELLED: 'La date a été annulée', SESSION_MOVED: 'La date a changé', RESCHEDULED: 'Remplacée par une autre date',
  CONSENT_REFUSED: 'Le responsable légal n’a pas donné son accord', CONSENT_EXPIRED: 'Pas de réponse du responsable légal', CONSENT_WITHDRAWN: 'Accord retiré par le responsable légal', CONSENT_NEEDED_AGAIN: 'L’accord du responsable légal est à redemander',
  OFFER_EXPIRED: 'La place proposée n’a pas été prise à temps', WAITLIST_ENDED: 'Fin de la liste d’attente', OVERLAPPING_CONFIRMED: 'Une autre réservation au même moment a été confirmée', AGREEMENT_MISSING: 'Convention absente', NOT_ELIGIBLE_ANY_MORE: 'Les règles ne le permettent plus',
  OVERLAP_AFTER_MOVE: 'La nouvelle date en recouvre une autre', ATTENDED: 'Présence confirmée', APPLICANT_ABSENT: 'Absence du jeune', HOST_ABSENT: 'Absence de l’entreprise', APPLICANT_ERASED: 'Données effacées',
};

const EXPLAIN = {
  STATE_PENDING_CONSENT: 'Votre responsable légal a reçu un message. Dès son accord, la demande part à l’entreprise.',
  STATE_PENDING_HOST: 'Votre demande est bien partie. Vous recevrez un mail dès qu’elle a une réponse.',
  STATE_CONFIRMED: 'Votre place est réservée. À bientôt !', STATE_WAITLISTED: 'Toutes les places sont prises. Vous serez prévenu par mail si l’une se libère.',
  STATE_OFFERED: 'Une place s’est libérée : elle vous est gardée pendant un temps limité.',
};

// Who looked is for the agency's own list.
const seen = (events) => events.filter((one) => one.why !== 'SEEN');

const sessionPage = (name) => name.replace(/^offers\//, '/mini-stages/').replace(/^ambassadors\//, '/ambassadeurs/').replace('/sessions/', '/reserver/');

// Runs a step of the booking and shows the page anew; what went wrong is said where the reader is.
function step(problem, path, body = {}) {
  const requestId = crypto.randomUUID();
  return async () => {
    try {
      await post(path, body, requestId);
      await refresh();
      announce('C’est fait.');
    } catch (error) {
      problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
    }
  };
}

function actions(booking, problem) {
  const { name, etag, state } = booking;
  const past = new Date(booking.startTime) < new Date();
  const cancel = async () => {
    const reason = await ask({ title: 'Annuler cette réservation ?', text: 'La place sera proposée à quelqu’un d’autre.', yes: 'Annuler la réservation', reason: { label: 'Pourquoi ? (facultatif)', hint: 'L’entreprise lira ce message.', max: 500 } });
    if (reason !== null) await step(problem, `${name}:cancel`, { etag, reason })();
  };
  return h('div', { class: 'buttons' },
    state === 'STATE_OFFERED' && h('button', { class: 'button', onclick: step(problem, `${name}:confirm`, { etag }) }, 'Prendre cette place'),
    state === 'STATE_PENDING_CONSENT' && h('button', { class: 'button quiet', onclick: step(problem, `${name}:requestConsent`) }, 'Redemander l’accord'),
    state === 'STATE_PENDING_CONSENT' && h('a', { href: '/mon-espace/profil' }, 'Changer de responsable légal'),
    LIVE.includes(state) && !past && h('button', { class: 'button danger', onclick: cancel }, 'Annuler'));
}

async function paper(booking, signal) {
  if (!booking.agreementRequired || !['STATE_CONFIRMED', 'STATE_COMPLETED'].includes(booking.state)) return null;
  const agreement = await get(`${booking.name}/agreement`, {}, signal).catch(() => null);
  const problem = h('div', {});
  const open = async () => {
    try {
      save(await getFile(`${booking.name}/agreement/document`), 'convention.pdf');
    } catch (error) {
      problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
    }
  };
  const words = { STATE_DRAFT: 'en préparation', STATE_SIGNING: 'à signer : chacun a reçu un lien par mail', STATE_IN_REVIEW: 'signée, en cours de vérification', STATE_VALIDATED: 'validée', STATE_REJECTED: 'refusée', STATE_CANCELLED: 'annulée', STATE_EXPIRED: 'arrivée trop tard' };
  return h('section', { class: 'panel' }, h('h2', {}, 'Convention'), h('p', {}, agreement ? `La convention est ${words[agreement.state] ?? 'en préparation'}.` : 'Une convention doit être signée avant le début. L’entreprise ou l’agence la prépare.'),
    problem, agreement && h('div', { class: 'buttons' }, h('button', { class: 'button quiet', onclick: open }, 'Télécharger la convention (PDF)')));
}

function feedback(booking) {
  if (!['STATE_COMPLETED', 'STATE_NO_SHOW'].includes(booking.state)) return null;
  const problem = h('div', {});
  const form = h('form', { onsubmit: async (event) => {
    event.preventDefault();
    const values = new FormData(form);
    try {
      await post(`${booking.name}:leaveFeedback`, { rating: Number(values.get('note')), comment: values.get('mots') });
      form.replaceChildren(note('good', h('p', { role: 'status' }, 'Merci pour votre avis !')));
    } catch (error) {
      problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
    }
  } }, h('fieldset', {}, h('legend', {}, 'Comment était-ce ?'), [[5, 'Très bien'], [4, 'Bien'], [3, 'Moyen'], [2, 'Pas bien'], [1, 'Pas bien du tout']].map(([value, label]) => h('div', { class: 'choice' }, h('input', { type: 'radio', name: 'note', id: `note-${value}`, value: String(value), required: true }), h('label', { for: `note-${value}` }, label)))),
  h('div', { class: 'field' }, h('label', { for: 'mots' }, 'Quelques mots (facultatif)'), h('textarea', { id: 'mots', name: 'mots', maxlength: 1000 })), problem, h('button', { class: 'button' }, 'Envoyer'));
  return h('section', { class: 'panel' }, h('h2', {}, 'Votre avis'), form);
}

async function similar(booking, signal) {
  if (!['STATE_DECLINED', 'STATE_EXPIRED', 'STATE_CANCELLED'].includes(booking.state)) return null;
  const { sessions } = await get(`${booking.name}:similarSessions`, {}, signal).catch(() => ({ sessions: [] }));
  if (sessions.length === 0) return null;
  return h('section', {}, h('h2', {}, 'Ces dates pourraient vous convenir'), h('ul', { class: 'cards' }, sessions.map((one) => h('li', {}, h('article', { class: 'card link' }, h('h3', {}, h('a', { href: sessionPage(one.session) }, one.title)), h('p', {}, period(one.startTime, one.endTime)))))));
}

export async function show({ params: [id], query, signal }) {
  const name = `bookings/${encodeURIComponent(id)}`;
  const booking = await get(name, {}, signal);
  const [history, document_, others] = await Promise.all([get(`${name}/history`, {}, signal).catch(() => ({ events: [] })), paper(booking, signal), similar(booking, signal)]);
  const problem = h('div', {});
  const mine = is('applicant');
  return { title: booking.sessionTitle, content: [
    pageHead(booking.sessionTitle, { crumbs: mine ? [['Mes réservations', '/mon-espace']] : is('host') ? [['Espace entreprise', '/espace-entreprise']] : [] }),
    h('div', { class: 'wrap narrow' },
      query.get('nouvelle') === 'oui' && note('good', h('p', { role: 'status' }, h('strong', {}, 'C’est enregistré.'), ' Un mail vous est envoyé.')),
      h('section', { class: 'panel' }, h('p', {}, stateBadge(booking)), mine && EXPLAIN[booking.state] && h('p', {}, EXPLAIN[booking.state]),
        booking.state === 'STATE_WAITLISTED' && booking.waitlistPosition > 0 && h('p', {}, `Votre place dans la liste : ${booking.waitlistPosition}.`),
        booking.reason && note('', h('p', {}, 'Message : ', booking.reason)),
        h('dl', { class: 'sheet' }, h('dt', {}, 'Quand'), h('dd', {}, period(booking.startTime, booking.endTime)), h('dt', {}, 'Cadre'), h('dd', {}, SCHEMES[booking.scheme] ?? ''),
          booking.expireTime && LIVE.includes(booking.state) && booking.state !== 'STATE_CONFIRMED' && [h('dt', {}, 'Réponse avant'), h('dd', {}, moment(booking.expireTime))]),
        h('p', {}, h('a', { href: sessionPage(booking.session).replace(/\/reserver\/.*/, '') }, 'Voir la fiche')), problem, mine && actions(booking, problem), (is('host') || is('ambassador')) && hostActions(booking, refresh)),
      document_, mine && feedback(booking), others,
      seen(history.events).length > 0 && h('section', { class: 'panel' }, h('h2', {}, 'Ce qui s’est passé'), h('ol', { class: 'timeline' }, seen(history.events).map((one) => h('li', {}, h('strong', {}, STEPS[one.why] ?? 'Mise à jour'), h('br'), h('span', { class: 'soft' }, moment(one.time)))))))] };
}

