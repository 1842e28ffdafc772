// How an offer, an ambassador and a company look in lists.
import { idOf } from './api.js';
import { h, marked } from './dom.js';
import { distance, FORMATS, moment, period, place, seats } from './format.js';

export function offerCard(offer, { level = 'h3' } = {}) {
  const next = offer.sessions.find((one) => one.available > 0) ?? offer.sessions[0];
  return h('article', { class: 'card link clay' },
    h(level, {}, h('a', { href: `/mini-stages/${idOf(offer.name)}` }, marked(offer.title, offer.highlights, 'title'))),
    h('ul', { class: 'facts' }, h('li', {}, marked(offer.companyDisplayName, offer.highlights, 'company_display_name')), h('li', {}, [place(offer.place), distance(offer.distanceKm)].filter(Boolean).join(', ')), h('li', {}, offer.professionDisplayName)),
    next && h('p', {}, h('span', { class: `badge ${next.available > 0 ? 'good' : 'wait'}` }, seats(next.available)), ' ', period(next.startTime, next.endTime),
      offer.sessions.length > 1 && h('span', { class: 'soft' }, ` et ${offer.sessions.length - 1} autre${offer.sessions.length > 2 ? 's' : ''} date${offer.sessions.length > 2 ? 's' : ''}`)),
    (offer.accessible || offer.instantConfirmation || offer.reservedSchools?.length > 0 || offer.priorityAreasOnly) && h('ul', { class: 'tags' },
      offer.accessible && h('li', { class: 'tag' }, 'Accessible en fauteuil'), offer.instantConfirmation && h('li', { class: 'tag' }, 'Réponse immédiate'),
      offer.reservedSchools?.length > 0 && h('li', { class: 'tag' }, 'Réservé à certains établissements'), offer.priorityAreasOnly && h('li', { class: 'tag' }, 'Réservé aux quartiers prioritaires')));
}

export function ambassadorCard(one, { level = 'h3' } = {}) {
  return h('article', { class: 'card link plum' },
    h(level, {}, h('a', { href: `/ambassadeurs/${idOf(one.name)}` }, one.displayName)),
    h('p', {}, one.jobTitle, one.companyDisplayName && `, ${one.companyDisplayName}`),
    h('ul', { class: 'facts' }, h('li', {}, [place(one.place), distance(one.distanceKm)].filter(Boolean).join(', ')), one.formats.map((format) => h('li', {}, FORMATS[format]))),
    h('p', {}, one.nextSessionTime ? [h('span', { class: 'badge good' }, 'Disponible'), ` dès le ${moment(one.nextSessionTime)}`] : h('span', { class: 'soft' }, 'Pas de créneau libre pour le moment')));
}

export function companyCard(company) {
  return h('article', { class: 'card link clay' }, h('h3', {}, h('a', { href: `/mini-stages?entreprise=${company.siret}` }, company.displayName)),
    h('ul', { class: 'facts' }, h('li', {}, [place(company.place), distance(company.distanceKm)].filter(Boolean).join(', '))), h('p', {}, company.description));
}
