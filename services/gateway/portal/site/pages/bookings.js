import { get, idOf, is, session } from '../api.js';
import { h, note, pageHead } from '../dom.js';
import { moment, period, STATES } from '../format.js';
import { deskOf } from '../main.js';

export const needsSession = true;

const LIVE = ['STATE_OFFERED', 'STATE_PENDING_CONSENT', 'STATE_PENDING_HOST', 'STATE_WAITLISTED', 'STATE_CONFIRMED'];

export const stateBadge = (booking) => {
  const meeting = booking.host?.startsWith('ambassadors/');
  const [label, kind] = STATES[booking.state] ?? ['', 'plain'];
  return h('span', { class: `badge ${kind}` }, meeting && booking.state === 'STATE_PENDING_HOST' ? 'Attend la réponse de l’ambassadeur ou de l’ambassadrice' : label);
};

const card = (booking) => h('li', {}, h('article', { class: 'card link' }, h('h3', {}, h('a', { href: `/mon-espace/reservations/${idOf(booking.name)}` }, booking.sessionTitle)),
  h('p', {}, period(booking.startTime, booking.endTime)),
  h('p', {}, stateBadge(booking), booking.state === 'STATE_WAITLISTED' && booking.waitlistPosition > 0 && ` ${booking.waitlistPosition}e dans la liste`,
    booking.expireTime && LIVE.includes(booking.state) && booking.state !== 'STATE_CONFIRMED' && h('span', { class: 'soft' }, ` jusqu’au ${moment(booking.expireTime)}`))));

export const tabs = (here) => h('nav', { 'aria-label': 'Mon espace' }, h('ul', { class: 'tabs' }, [['/mon-espace', 'Mes réservations'], ['/mon-espace/profil', 'Mon profil'], ['/mon-espace/donnees', 'Mes données']].map(([href, label]) => h('li', {}, h('a', { href, 'aria-current': href === here ? 'page' : null }, label)))));

export async function show({ signal }) {
  // Who signs in is sent here, whoever it is.
  if (deskOf()[0] !== '/mon-espace') return { elsewhere: deskOf()[0] };
  const title = 'Mes réservations';
  const head = pageHead(session.displayName ? `Bonjour ${session.displayName}` : 'Mon espace', { lead: 'Vos réservations et votre profil.' });
  if (is('guardian') && !is('applicant')) {
    return { title, content: [head, h('div', { class: 'wrap narrow' }, note('', h('p', {}, 'Vous êtes responsable légal. Pour donner ou retirer votre accord, ouvrez le lien du message que vous avez reçu par mail.')), h('p', {}, h('a', { href: '/mon-espace/donnees' }, 'Mes données personnelles')))] };
  }
  const { bookings } = await get('bookings', { pageSize: 100 }, signal);
  const live = bookings.filter((one) => LIVE.includes(one.state));
  const asked = live.filter((one) => one.state === 'STATE_OFFERED');
  const rest = live.filter((one) => one.state !== 'STATE_OFFERED').sort((a, b) => a.startTime.localeCompare(b.startTime));
  const over = bookings.filter((one) => !LIVE.includes(one.state));
  return { title, content: [head, h('div', { class: 'wrap' }, tabs('/mon-espace'),
    asked.length > 0 && [h('h2', {}, 'À vous de répondre'), h('ul', { class: 'cards' }, asked.map(card))],
    h('h2', {}, 'En cours'), rest.length > 0 ? h('ul', { class: 'cards two' }, rest.map(card)) : h('p', {}, 'Aucune réservation en cours. ', h('a', { href: '/mini-stages' }, 'Trouver un mini-stage'), ' ou ', h('a', { href: '/ambassadeurs' }, 'rencontrer quelqu’un'), '.'),
    over.length > 0 && h('details', {}, h('summary', {}, h('h2', {}, `Terminées ou annulées (${over.length})`)), h('ul', { class: 'cards two' }, over.map(card))))] };
}
