import { get, post, idOf, ApiError } from '../api.js';
import { h, note, pageHead } from '../dom.js';
import { checkedForm, field } from '../form.js';
import { moment } from '../format.js';
import { GROUNDS } from './report.js';

export const needsSession = true;

async function find(id, signal) {
  let pageToken = '';
  do {
    const page = await get('offerReports', { pageSize: 100, pageToken }, signal);
    const found = page.reports.find((one) => idOf(one.name) === id);
    if (found) return found;
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  throw new ApiError(404, null);
}

export async function show({ params: [id], signal }) {
  const report = await find(id, signal);
  const fields = {
    outcome: field('suite', 'Ce signalement est-il fondé ?', h('select', { required: true }, h('option', { value: '' }, 'Choisissez'), h('option', { value: 'OUTCOME_FOUNDED' }, 'Oui'), h('option', { value: 'OUTCOME_UNFOUNDED' }, 'Non'))),
    note: field('note-agence', 'Note pour l’agence', h('textarea', { maxlength: 1000 })),
  };
  const body = h('div', {});
  const answered = (one) => note('good', h('p', { role: 'status' }, one.outcome === 'OUTCOME_FOUNDED' ? 'Signalement fondé.' : 'Signalement non fondé.'), one.note && h('p', {}, one.note));
  body.append(report.resolveTime ? answered(report) : checkedForm({ fields, button: 'Répondre', send: () => post(`${report.name}:resolve`, { outcome: fields.outcome.control.value, note: fields.note.control.value.trim() }), done: (one) => body.replaceChildren(answered(one)) }));
  return { title: 'Signalement', content: [pageHead('Signalement', { crumbs: [['Espace agence', '/espace-agence']] }), h('div', { class: 'wrap narrow' },
    h('section', { class: 'panel' }, h('h2', {}, GROUNDS[report.ground] ?? 'Signalement'), report.text && h('blockquote', {}, report.text), h('p', { class: 'soft' }, `Reçu le ${moment(report.createTime)}`), h('p', {}, h('a', { href: `/espace-agence/offres/${idOf(report.offer)}` }, 'Voir l’offre et décider'))), body)] };
}
