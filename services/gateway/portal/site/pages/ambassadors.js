import { get, idOf } from '../api.js';
import { ambassadorCard } from '../cards.js';
import { DEPARTMENTS, FORMATS, plural } from '../format.js';
import { near } from '../near.js';
import { resultList } from '../result_list.js';

export const sameForAll = true;

export async function show({ query, signal, depth }) {
  return resultList({
    path: '/ambassadeurs', title: 'Rencontrer un ambassadeur ou une ambassadrice', lead: 'Ces personnes vous racontent leur travail et répondent à vos questions.', query, signal, depth, fixed: ['metier'],
    words: { label: 'Un nom, un métier, une entreprise', example: 'éleveur, Lemoine…' },
    filters: get('sectors', { pageSize: 100 }, signal).then(({ sectors }) => [
      { name: 'dep', label: 'Département', kind: 'checks', options: Object.entries(DEPARTMENTS) },
      near,
      { name: 'comment', label: 'Comment', kind: 'checks', options: Object.entries(FORMATS).map(([value, label]) => [value.replace('MEETING_FORMAT_', ''), label]) },
      { name: 'secteur', label: 'Secteur', kind: 'checks', options: sectors.map((one) => [idOf(one.name), one.displayName]) },
    ]),
    search: async (wanted, pageToken, stop) => {
      const answer = await get('ambassadors:search', { query: wanted.get('q'), departments: wanted.getAll('dep'), sectors: wanted.getAll('secteur'), professions: wanted.getAll('metier'),
        formats: wanted.getAll('comment').map((one) => `MEETING_FORMAT_${one}`), ...near.of(wanted), pageSize: 20, pageToken }, stop);
      return { items: answer.ambassadors, next: answer.nextPageToken, total: answer.totalSize };
    },
    item: (one) => ambassadorCard(one), total: (count) => plural(count, 'personne', 'personnes'), twoColumns: true,
  });
}
