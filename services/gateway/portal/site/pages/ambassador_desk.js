import { session } from '../api.js';
import { receivedBookings } from '../booking_lists.js';
import { h, pageHead } from '../dom.js';
import { myDataLink } from './my_data.js';

export const needsSession = true;

export async function show({ signal }) {
  return { title: 'Mes rencontres', content: [pageHead('Mes rencontres', { lead: session.displayName ? `Bonjour ${session.displayName}.` : '' }), h('div', { class: 'wrap' }, await receivedBookings(signal),
    session.ambassador && h('p', {}, h('a', { href: `/ambassadeurs/${session.ambassador}` }, 'Voir mon profil et mes créneaux')), myDataLink())] };
}
