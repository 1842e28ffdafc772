// Requests and bookings as who receives people sees them.
import { get, idOf } from './api.js';
import { h } from './dom.js';
import { moment, period } from './format.js';
import { hostActions } from './host_actions.js';
import { refresh } from './main.js';
import { stateBadge } from './pages/bookings.js';

const PEOPLE = { STATE_PENDING_HOST: 'Répondez avant le', STATE_OFFERED: 'Place gardée jusqu’au', STATE_PENDING_CONSENT: 'Accord attendu avant le' };

const card = (booking) => h('li', {}, h('article', { class: 'card' }, h('h3', {}, h('a', { href: `/mon-espace/reservations/${idOf(booking.name)}` }, booking.sessionTitle)), h('p', {}, period(booking.startTime, booking.endTime)),
  h('p', {}, stateBadge(booking), booking.expireTime && PEOPLE[booking.state] && h('span', { class: 'soft' }, ` ${PEOPLE[booking.state]} ${moment(booking.expireTime)}`)), hostActions(booking, refresh)));

export async function receivedBookings(signal) {
  const read = (states) => get('bookings', { states, pageSize: 100 }, signal);
  const [waiting, confirmed, others] = await Promise.all([read(['STATE_PENDING_HOST']), read(['STATE_CONFIRMED']), read(['STATE_PENDING_CONSENT', 'STATE_OFFERED', 'STATE_WAITLISTED'])]);
  const soon = confirmed.bookings.sort((a, b) => a.startTime.localeCompare(b.startTime));
  return [
    h('section', {}, h('h2', {}, `À vous de répondre (${waiting.bookings.length})`), waiting.bookings.length > 0 ? h('ul', { class: 'cards two' }, waiting.bookings.map(card)) : h('p', { class: 'soft' }, 'Aucune demande n’attend votre réponse.')),
    h('section', {}, h('h2', {}, `Places confirmées (${soon.length})`), soon.length > 0 ? h('ul', { class: 'cards two' }, soon.map(card)) : h('p', { class: 'soft' }, 'Aucune pour le moment.')),
    others.bookings.length > 0 && h('details', {}, h('summary', {}, `En préparation (${others.bookings.length})`), h('ul', { class: 'cards two' }, others.bookings.map(card)))];
}
