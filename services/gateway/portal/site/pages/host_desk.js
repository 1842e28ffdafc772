import { get, idOf } from '../api.js';
import { receivedBookings } from '../booking_lists.js';
import { h, pageHead } from '../dom.js';
import { OFFER_STATES } from '../format.js';
import { myDataLink } from './my_data.js';

export const needsSession = true;

const offerCard = ({ offer }) => h('li', {}, h('article', { class: 'card link' }, h('h3', {}, h('a', { href: `/espace-entreprise/offres/${idOf(offer.name)}` }, offer.title || 'Sans titre')),
  h('p', {}, h('span', { class: `badge ${OFFER_STATES[offer.state]?.[1]}` }, OFFER_STATES[offer.state]?.[0]), ' ', h('span', { class: 'soft' }, offer.professionDisplayName))));

export async function show({ signal }) {
  const [bookings, { records }] = await Promise.all([receivedBookings(signal), get('companies/-/offers', { pageSize: 100 }, signal)]);
  const live = records.filter((one) => one.offer.state !== 'STATE_ARCHIVED');
  const over = records.filter((one) => one.offer.state === 'STATE_ARCHIVED');
  return { title: 'Espace entreprise', content: [pageHead('Espace entreprise', { lead: 'Vos demandes, vos offres et ce qu’elles deviennent.' }), h('div', { class: 'wrap' }, bookings,
    h('section', {}, h('h2', {}, `Mes offres (${live.length})`), h('div', { class: 'buttons' }, h('a', { class: 'button', href: '/espace-entreprise/offres/nouvelle' }, 'Proposer une offre')),
      live.length > 0 ? h('ul', { class: 'cards two' }, live.map(offerCard)) : h('p', { class: 'soft' }, 'Aucune offre.'),
      over.length > 0 && h('details', {}, h('summary', {}, `Archivées (${over.length})`), h('ul', { class: 'cards two' }, over.map(offerCard)))), myDataLink())] };
}
