import { get, inWords } from '../api.js';
import { h, pageHead, paragraphs, note } from '../dom.js';
import { AUDIENCES, FORMATS, place } from '../format.js';
import { slotList } from '../slots.js';

export const sameForAll = true;

export async function show({ params: [id], signal }) {
  const name = `ambassadors/${encodeURIComponent(id)}`;
  const [one, slots] = await Promise.all([get(name, {}, signal), get(`${name}/sessions`, { pageSize: 50 }, signal).catch((error) => ({ error }))]);
  const professions = await Promise.all(one.professions.map((rome) => get(`professions/${rome}`, {}, signal).then((found) => [rome, found.displayName]).catch(() => null)));
  const known = professions.filter(Boolean);
  return {
    title: one.displayName,
    content: [
      pageHead(one.displayName, { crumbs: [['Ambassadeurs', '/ambassadeurs']], lead: [one.jobTitle, one.companyDisplayName].filter(Boolean).join(', ') }),
      h('div', { class: 'wrap columns aside-right' },
        h('div', {}, h('section', { class: 'panel' }, h('h2', {}, 'Présentation'), paragraphs(one.presentation)),
          h('section', { class: 'panel' }, h('h2', {}, 'Créneaux libres'), slots.error ? note('bad', h('p', {}, inWords(slots.error))) : slotList(slots.sessions, 'ambassadeurs'))),
        h('aside', { 'aria-label': 'Informations pratiques' }, h('div', { class: 'panel' }, h('h2', {}, 'En pratique'),
          h('dl', {}, h('dt', {}, 'Où'), h('dd', {}, place(one.place)), h('dt', {}, 'Comment'), h('dd', {}, one.formats.map((format) => FORMATS[format]).join(', ')), h('dt', {}, 'Pour qui'), h('dd', {}, one.audiences.map((audience) => AUDIENCES[audience]).join(', ')),
            known.length > 0 && [h('dt', {}, 'Métiers'), h('dd', {}, h('ul', {}, known.map(([rome, title]) => h('li', {}, h('a', { href: `/metiers/${rome}` }, title)))))])),
        h('p', { class: 'soft small' }, 'Les échanges passent par la plateforme : ni adresse ni numéro personnel ne sont donnés.'),
        one.company && h('p', {}, h('a', { href: `/mini-stages?entreprise=${one.company}` }, 'Mini-stages dans cette entreprise')),
        one.demonstration && h('p', { class: 'soft small' }, 'Profil de démonstration : cette personne n’existe pas.')))],
  };
}
