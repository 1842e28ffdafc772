// Before a booking: what it is, whether it is possible and why, and then one button.
import { get, post, inWords, session, is, idOf, ApiError } from '../api.js';
import { h, note, pageHead, announce } from '../dom.js';
import { FORMATS, period, place, SCHEMES, seats, STATES } from '../format.js';
import { go, signInAddress } from '../main.js';

const KINDS = {
  'mini-stages': { parent: 'offers', list: '/mini-stages', label: 'Mini-stages' },
  ambassadeurs: { parent: 'ambassadors', list: '/ambassadeurs', label: 'Ambassadeurs' },
};

async function readSession(kind, parentId, sessionId, signal) {
  const parent = `${kind.parent}/${parentId}`;
  if (kind.parent === 'offers') {
    const { offer } = await get(parent, {}, signal);
    return { title: offer.title, who: offer.companyDisplayName, where: place(offer.place), instant: offer.instantConfirmation, session: offer.sessions.find((one) => idOf(one.name) === sessionId) };
  }
  const [ambassador, { sessions }] = await Promise.all([get(parent, {}, signal), get(`${parent}/sessions`, { pageSize: 100 }, signal)]);
  return { title: `Rencontre avec ${ambassador.displayName}`, who: ambassador.companyDisplayName, where: place(ambassador.place), instant: false, session: sessions.find((one) => idOf(one.name) === sessionId) };
}

const finding = (one) => h('li', { class: one.satisfied ? '' : 'no' }, h('span', { class: 'sr' }, one.satisfied ? 'Respecté : ' : 'Non respecté : '), one.sentence, one.source && h('div', { class: 'soft small' }, one.source));

function rules(check) {
  if (check.findings.length === 0) return null;
  const broken = check.findings.filter((one) => !one.satisfied);
  const kept = check.findings.filter((one) => one.satisfied);
  return h('section', { class: 'panel' }, h('h2', {}, check.eligible ? 'Les règles sont respectées' : 'Pourquoi ce n’est pas possible'),
    h('p', { class: 'soft' }, `Cadre : ${SCHEMES[check.scheme] ?? 'à préciser'}.`),
    broken.length > 0 && h('ul', { class: 'findings' }, broken.map(finding)),
    kept.length > 0 && (broken.length === 0 && kept.length <= 3 ? h('ul', { class: 'findings' }, kept.map(finding))
      : h('details', {}, h('summary', {}, `Voir les ${kept.length} règles respectées`), h('ul', { class: 'findings' }, kept.map(finding)))));
}

function whatNext(check, waiting) {
  const state = waiting ? 'STATE_WAITLISTED' : check.state;
  const steps = {
    STATE_WAITLISTED: 'Vous serez en liste d’attente. Si une place se libère, elle vous est proposée par mail.',
    STATE_PENDING_CONSENT: 'Votre responsable légal reçoit un message pour donner son accord. La place vous est gardée pendant ce temps.',
    STATE_PENDING_HOST: 'Votre demande part aussitôt. Vous êtes prévenu par mail dès qu’elle a une réponse.',
    STATE_CONFIRMED: 'Votre place est confirmée tout de suite.',
  };
  return h('section', { class: 'panel' }, h('h2', {}, 'Ce qui va se passer'), h('p', {}, steps[state] ?? ''),
    check.agreementRequired && h('p', {}, 'Une convention devra être signée avant le début. Vous la recevrez par mail une fois la place confirmée.'));
}

async function contactMissing(signal) {
  try {
    await get('people/me/contact', {}, signal);
    return false;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return true;
    throw error;
  }
}

function bookButton(name, waiting) {
  // One id for this wish, however often the button is pressed.
  const requestId = crypto.randomUUID();
  const problem = h('div', { 'aria-live': 'assertive' });
  const button = h('button', { class: 'button', onclick: async () => {
    button.disabled = true;
    try {
      const booking = await post('bookings', { session: name, joinWaitlist: waiting }, requestId);
      announce(STATES[booking.state]?.[0] ?? '');
      go(`/mon-espace/reservations/${idOf(booking.name)}?nouvelle=oui`, { replace: true });
    } catch (error) {
      button.disabled = false;
      problem.replaceChildren(note('bad', h('p', {}, inWords(error)), error.rules?.length > 0 && h('ul', {}, error.rules.map((rule) => h('li', {}, rule.description)))));
    }
  } }, waiting ? 'Rejoindre la liste d’attente' : 'Demander cette place');
  return h('div', {}, problem, h('div', { class: 'buttons' }, button));
}

function answer(check, name, back) {
  if (check.refusal === 'PROFILE_REQUIRED') {
    return note('wait', h('p', {}, 'Pour vérifier que cette date vous convient, nous avons besoin de votre date de naissance, de votre classe et de votre département.'), h('p', {}, h('a', { class: 'button', href: `/mon-espace/profil?retour=${encodeURIComponent(location.pathname)}` }, 'Compléter mon profil')));
  }
  const words = check.refusal ? inWords(new ApiError(400, { error: { details: [{ '@type': 'ErrorInfo', reason: check.refusal }] } })) : '';
  return [
    !check.bookable && note(check.waitlistPossible ? 'wait' : 'bad', h('p', {}, h('strong', {}, words)),
      h('p', {}, ['ALREADY_BOOKED', 'BOOKING_OVERLAP', 'TOO_MANY_REQUESTS_OPEN'].includes(check.refusal) ? h('a', { href: '/mon-espace' }, 'Voir mes réservations') : h('a', { href: back }, 'Voir les autres dates'))),
    rules(check),
    check.eligible && (check.bookable || check.waitlistPossible) && whatNext(check, !check.bookable),
    (check.bookable || check.waitlistPossible) && bookButton(name, !check.bookable),
  ];
}

export async function show({ params, path, signal }) {
  const [parentId, sessionId] = params.map(encodeURIComponent);
  const kind = KINDS[path.split('/')[1]];
  const found = await readSession(kind, parentId, sessionId, signal);
  const back = `${kind.list}/${parentId}`;
  const name = `${kind.parent}/${parentId}/sessions/${sessionId}`;
  const head = pageHead('Réserver', { crumbs: [[kind.label, kind.list], [found.title, back]], lead: found.title });
  const run = found.session;
  if (!run) {
    return { title: 'Réserver', content: [head, h('div', { class: 'wrap narrow' }, note('bad', h('p', {}, 'Cette date est passée, complète ou annulée.')), h('p', {}, h('a', { class: 'button', href: back }, 'Voir les autres dates')))] };
  }
  const sheet = h('section', { class: 'panel' }, h('h2', {}, 'La date choisie'), h('dl', { class: 'sheet' },
    h('dt', {}, 'Quand'), h('dd', {}, period(run.startTime, run.endTime)), h('dt', {}, 'Avec'), h('dd', {}, found.who), h('dt', {}, run.format ? 'Comment' : 'Où'), h('dd', {}, run.format ? FORMATS[run.format] : found.where),
    h('dt', {}, 'Places'), h('dd', {}, seats(run.available))));
  let rest;
  if (!session.signedIn) rest = h('div', {}, h('p', {}, 'Connectez-vous pour savoir si cette date vous convient et demander une place.'), h('div', { class: 'buttons' }, h('a', { class: 'button', href: signInAddress() }, 'Se connecter')));
  else if (!is('applicant')) rest = note('', h('p', {}, 'Votre compte n’est pas celui d’un jeune : il ne peut pas réserver.'));
  else {
    const [check, unreachable] = await Promise.all([post('bookings:checkEligibility', { session: name }), contactMissing(signal)]);
    rest = [unreachable && note('wait', h('p', {}, 'Nous n’avons pas encore votre adresse mail : sans elle, vous ne recevrez pas de réponse.'), h('p', {}, h('a', { href: `/mon-espace/profil?retour=${encodeURIComponent(location.pathname)}` }, 'L’ajouter à mon profil'))), answer(check, name, back)];
  }
  return { title: 'Réserver', content: [head, h('div', { class: 'wrap narrow' }, sheet, rest)] };
}

