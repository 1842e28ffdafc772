import { idOf } from './api.js';
import { h } from './dom.js';
import { FORMATS, period, seats } from './format.js';

// Dates with their free seats and the way to book one.
export function slotList(sessions, kind) {
  if (sessions.length === 0) return h('p', { class: 'soft' }, 'Aucune date pour le moment. Revenez bientôt.');
  return h('ul', { class: 'slots' }, sessions.map((one) => {
    const [, parent, , id] = one.name.split('/');
    const when = period(one.startTime, one.endTime);
    return h('li', {}, h('span', {}, h('span', { class: 'when' }, when), h('br'), h('span', { class: `badge ${one.available > 0 ? 'good' : 'wait'}` }, seats(one.available)), one.format && ` ${FORMATS[one.format] ?? ''}`),
      h('a', { class: one.available > 0 ? 'button' : 'button quiet', href: `/${kind}/${parent}/reserver/${id ?? idOf(one.name)}`, 'aria-label': `${one.available > 0 ? 'Réserver' : 'Liste d’attente'}, ${when}` }, one.available > 0 ? 'Réserver' : 'Liste d’attente'));
  }));
}
