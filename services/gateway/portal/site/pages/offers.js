import { get, idOf } from '../api.js';
import { offerCard } from '../cards.js';
import { combobox } from '../combobox.js';
import { professions } from '../completions.js';
import { h, newId, announce } from '../dom.js';
import { AUDIENCES, DEPARTMENTS, plural } from '../format.js';
import { near } from '../near.js';
import { resultList } from '../result_list.js';

const ORDERS = [['', 'Les plus proches de ma recherche'], ['date', 'Les premières dates'], ['distance', 'Les plus près']];

export const sameForAll = true;

export async function show({ query, signal, depth }) {
  let shown = [];
  let map = null;
  const mapBox = h('div', { hidden: true });
  const toggle = h('button', { type: 'button', class: 'button quiet', 'aria-expanded': 'false', onclick: async () => {
    mapBox.hidden = !mapBox.hidden;
    toggle.setAttribute('aria-expanded', String(!mapBox.hidden));
    toggle.textContent = mapBox.hidden ? 'Voir la carte' : 'Fermer la carte';
    if (!mapBox.hidden && map === null) {
      try {
        map = await (await import('../map.js')).openMap(mapBox);
      } catch {
        mapBox.replaceChildren(h('p', { class: 'note bad' }, 'La carte n’a pas pu être chargée. La liste ci-dessous contient les mêmes offres.'));
      }
    }
    map?.show(shown);
    if (!mapBox.hidden) announce('Carte ouverte. La liste contient les mêmes offres.');
  } }, 'Voir la carte');

  const page = await resultList({
    path: '/mini-stages', title: 'Trouver un mini-stage', lead: 'Quelques jours en entreprise pour voir un métier de près.', query, signal, depth, fixed: ['metier', 'entreprise'],
    words: { label: 'Un métier, une entreprise, un mot', example: 'mécanique, Lemoine…' },
    onWords: (input) => combobox(input, { complete: professions, onPick: (choice) => { input.value = choice.text; input.form.requestSubmit(); } }),
    filters: get('sectors', { pageSize: 100 }, signal).then(({ sectors }) => [
      { name: 'dep', label: 'Département', kind: 'checks', options: Object.entries(DEPARTMENTS), facet: 'department' },
      near,
      { name: 'public', label: 'Pour qui', kind: 'checks', options: Object.entries(AUDIENCES).map(([value, label]) => [value.replace('AUDIENCE_', ''), label]), facet: 'audience' },
      { name: 'du', label: 'À partir du', kind: 'date' }, { name: 'au', label: 'Jusqu’au', kind: 'date' },
      { name: 'libre', label: 'Avec des places libres', kind: 'switch' },
      { name: 'fauteuil', label: 'Accessible en fauteuil roulant', kind: 'switch' },
      { name: 'secteur', label: 'Secteur', kind: 'checks', options: sectors.map((one) => [idOf(one.name), one.displayName]), facet: 'sector', hideEmpty: true },
    ]),
    tools: (values, change) => {
      const id = newId('tri');
      return [h('label', { for: id, class: 'sr' }, 'Trier par'), h('select', { id, name: 'tri', onchange: change }, ORDERS.map(([value, label]) => h('option', { value, selected: (values.get('tri') ?? '') === value }, label))), toggle];
    },
    search: async (wanted, pageToken, stop) => {
      const around = near.of(wanted);
      const order = wanted.get('tri') ?? '';
      const answer = await get('offers:search', { query: wanted.get('q'), departments: wanted.getAll('dep'), sectors: wanted.getAll('secteur'), professions: wanted.getAll('metier'), companies: wanted.getAll('entreprise'),
        audiences: wanted.getAll('public').map((one) => `AUDIENCE_${one}`), from: wanted.get('du'), to: wanted.get('au'), availableOnly: wanted.get('libre') ? 'true' : '', accessibleOnly: wanted.get('fauteuil') ? 'true' : '',
        ...around, orderBy: order === 'distance' && !around.lat ? '' : order === '' && around.lat && !wanted.get('q') ? 'distance' : order, pageSize: 20, pageToken }, stop);
      return { items: answer.offers, next: answer.nextPageToken, total: answer.totalSize,
        facets: { department: answer.departmentFacets, sector: answer.sectorFacets, audience: answer.audienceFacets.map((one) => ({ ...one, value: one.value.replace('AUDIENCE_', '') })) } };
    },
    item: (offer) => offerCard(offer), total: (count) => plural(count, 'mini-stage', 'mini-stages'),
    onItems: (items, first) => {
      shown = first ? items : [...shown, ...items];
      if (!mapBox.hidden) map?.show(shown);
    },
  });
  page.content.at(-1).querySelector('.result-head').after(mapBox);
  return page;
}
