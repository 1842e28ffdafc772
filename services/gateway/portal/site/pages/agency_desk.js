import { get, idOf, session } from '../api.js';
import { h, note, pageHead } from '../dom.js';
import { DEPARTMENTS, moment } from '../format.js';
import { myDataLink } from './my_data.js';
import { GROUNDS } from './report.js';

export const needsSession = true;

const offerCard = ({ offer, updateTime }) => h('li', {}, h('article', { class: 'card link' }, h('h3', {}, h('a', { href: `/espace-agence/offres/${idOf(offer.name)}` }, offer.title || 'Sans titre')),
  h('p', {}, offer.companyDisplayName, offer.place?.commune && `, ${offer.place.commune}`), h('p', { class: 'soft' }, `Envoyée le ${moment(updateTime)}`)));
const reportCard = (report) => h('li', {}, h('article', { class: 'card link' }, h('h3', {}, h('a', { href: `/espace-agence/signalements/${idOf(report.name)}` }, GROUNDS[report.ground] ?? 'Signalement')), h('p', { class: 'soft' }, `Reçu le ${moment(report.createTime)}`)));

const COLUMNS = [['companies', 'Entreprises'], ['offers', 'Offres'], ['sessions', 'Dates'], ['seats', 'Places'], ['held', 'Places prises']];

function figures(statistics) {
  if (!statistics || statistics.rows.length === 0) return null;
  const row = (label, one) => h('tr', {}, h('th', { scope: 'row' }, label), COLUMNS.map(([key]) => h('td', { class: 'num' }, Number(one[key]).toLocaleString('fr-FR'))), h('td', { class: 'num' }, `${Math.round(one.fillRate * 100)} %`));
  return h('section', { class: 'panel' }, h('h2', {}, 'Chiffres'), h('div', { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Chiffres par département' }, h('table', {},
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Département'), COLUMNS.map(([, label]) => h('th', { scope: 'col', class: 'num' }, label)), h('th', { scope: 'col', class: 'num' }, 'Remplissage'))),
    h('tbody', {}, statistics.rows.map((one) => row(one.displayName || DEPARTMENTS[one.department] || one.department, one)), statistics.total && row('Ensemble', statistics.total)))));
}

export async function show({ signal }) {
  const [waiting, reports, statistics] = await Promise.all([get('companies/-/offers', { states: ['STATE_SUBMITTED'], pageSize: 100 }, signal), get('offerReports', { openOnly: 'true', pageSize: 100 }, signal), get('statistics', { groupBy: 'STATISTICS_DIMENSION_DEPARTMENT' }, signal).catch(() => null)]);
  const territory = session.territory?.map((one) => DEPARTMENTS[one] ?? one).join(', ');
  return { title: 'Espace agence', content: [pageHead('Espace agence', { lead: territory ? `Territoire : ${territory}` : '' }), h('div', { class: 'wrap' },
    h('section', {}, h('h2', {}, `Offres à examiner (${waiting.records.length})`), waiting.records.length > 0 ? h('ul', { class: 'cards two' }, waiting.records.map(offerCard)) : note('good', h('p', {}, 'Aucune offre n’attend votre décision.'))),
    h('section', {}, h('h2', {}, `Signalements sans réponse (${reports.reports.length})`), reports.reports.length > 0 ? h('ul', { class: 'cards two' }, reports.reports.map(reportCard)) : h('p', { class: 'soft' }, 'Aucun.')),
    figures(statistics), myDataLink())] };
}
