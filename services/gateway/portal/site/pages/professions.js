import { get, idOf } from '../api.js';
import { combobox } from '../combobox.js';
import { professions } from '../completions.js';
import { h, marked } from '../dom.js';
import { plural, riasec } from '../format.js';
import { go } from '../main.js';
import { resultList } from '../result_list.js';

const labels = (list) => list.map((one) => [idOf(one.name), one.displayName]);

function card(one) {
  const known = one.appellations.length > 0 && one.highlights.find((mark) => mark.field === 'appellations[0].display_name');
  return h('article', { class: 'card link' },
    h('h3', {}, h('a', { href: `/metiers/${one.romeCode}` }, marked(one.displayName, one.highlights, 'display_name'))),
    known && h('p', { class: 'soft' }, 'Aussi appelé : ', marked(one.appellations[0].displayName, one.highlights, 'appellations[0].display_name')),
    h('p', {}, shorten(one.definition)));
}

const shorten = (text) => (text.length > 190 ? `${text.slice(0, text.lastIndexOf(' ', 180))}…` : text);

export const sameForAll = true;

export async function show({ query, signal, depth }) {
  const lists = Promise.all([get('sectors', { pageSize: 100 }, signal), get('interests', { pageSize: 100 }, signal)]);
  return resultList({
    path: '/metiers', title: 'Découvrir un métier', lead: 'Cherchez un métier, ou laissez-vous guider par ce que vous aimez.', query, signal, depth,
    words: { label: 'Un métier, une envie, un mot', example: 'boulanger, animaux, dessiner…' },
    onWords: (input) => combobox(input, { complete: professions, onPick: (choice) => go(`/metiers/${choice.rome}`) }),
    filters: lists.then(([{ sectors }, { interests }]) => [
      { name: 'envie', label: 'Ce que j’aime', kind: 'checks', options: labels(interests) },
      { name: 'secteur', label: 'Secteur', kind: 'checks', options: labels(sectors) },
      { name: 'profil', label: 'Je suis plutôt', kind: 'checks', options: Array.from('RIASEC').map((letter) => [letter, riasec(letter)]) },
      { name: 'vert', label: 'Métiers de l’écologie', kind: 'switch' },
    ]),
    search: async (wanted, pageToken, stop) => {
      const answer = await get('professions:search', { query: wanted.get('q'), sectors: wanted.getAll('secteur'), interests: wanted.getAll('envie'), riasec: wanted.getAll('profil'),
        ecologicalTransitions: wanted.get('vert') ? ['ECOLOGICAL_TRANSITION_GREEN', 'ECOLOGICAL_TRANSITION_STRATEGIC'] : [], pageSize: 20, pageToken }, stop);
      return { items: answer.professions, next: answer.nextPageToken, total: answer.totalSize };
    },
    item: card, total: (count) => plural(count, 'métier', 'métiers'), twoColumns: true,
  });
}
