import { get, idOf, post, inWords } from '../api.js';
import { announce, ask, h, note, pageHead, paragraphs } from '../dom.js';
import { AUDIENCES, moment, OFFER_STATES, period, seats } from '../format.js';
import { refresh } from '../main.js';
import { sessionTools } from '../session_tools.js';
import { showRefusal } from './host_offer_edit.js';

export const needsSession = true;

export function visibilityPanel(visibility) {
  const hiding = visibility.reasons.filter((one) => one.hides);
  const some = visibility.reasons.filter((one) => !one.hides);
  const list = (reasons) => h('ul', {}, reasons.map((one) => h('li', {}, one.text, one.fix && h('div', { class: 'soft' }, one.fix))));
  return h('section', { class: 'panel' }, h('h2', {}, visibility.visible ? 'Cette offre est visible' : 'Pourquoi cette offre n’est pas visible'),
    hiding.length > 0 && list(hiding), some.length > 0 && [h('h3', {}, 'Elle n’apparaît pas dans toutes les recherches'), list(some)], visibility.visible && some.length === 0 && h('p', {}, 'Tout le monde peut la trouver.'));
}

// `tools` gives what can be done with a date.
export function offerPanel(record, tools = () => null) {
  const { offer } = record;
  const coming = offer.sessions.filter((one) => new Date(one.startTime) > new Date()).sort((a, b) => a.startTime.localeCompare(b.startTime));
  return [h('section', { class: 'panel' }, h('p', {}, h('span', { class: `badge ${OFFER_STATES[offer.state]?.[1]}` }, OFFER_STATES[offer.state]?.[0]), record.publishTime && h('span', { class: 'soft' }, ` publiée le ${moment(record.publishTime)}`)),
    record.causeText && note('wait', h('p', {}, record.causeText)), paragraphs(offer.description), h('dl', { class: 'sheet' }, h('dt', {}, 'Métier'), h('dd', {}, offer.professionDisplayName || 'À choisir'), h('dt', {}, 'Pour qui'), h('dd', {}, offer.audiences.map((one) => AUDIENCES[one]).join(', ') || 'À choisir'))),
  h('section', { class: 'panel' }, h('h2', {}, 'Dates'), coming.length > 0 ? h('ul', { class: 'slots' }, coming.map((one) => h('li', {}, h('span', { class: 'when' }, period(one.startTime, one.endTime)), h('span', {}, one.cancelTime ? 'Annulée' : one.closed ? 'Fermée' : `${seats(one.available)} sur ${one.capacity}`), !one.cancelTime && tools(one)))) : h('p', {}, 'Aucune date à venir.'))];
}

const SUSPEND = { title: 'Retirer cette offre ?', text: 'Elle n’est plus proposée. Les réservations restent.', yes: 'Retirer', reason: { label: 'Pourquoi ? (facultatif)', max: 1000 } };
const ARCHIVE = { title: 'Archiver cette offre ?', text: 'Elle n’est plus proposée, pour de bon. Les réservations restent. Vous pourrez la dupliquer vers de nouvelles dates.', yes: 'Archiver' };

export async function show({ params: [id], signal }) {
  const name = `offers/${encodeURIComponent(id)}`;
  const page = `/espace-entreprise/offres/${id}`;
  const [record, visibility] = await Promise.all([get(`${name}:record`, {}, signal), get(`${name}:explainVisibility`, {}, signal)]);
  const { offer, etag } = record;
  const problem = h('div', {});
  const step = (verb, said, question = null) => async () => {
    const answer = question ? await ask(question) : '';
    if (answer === null) return;
    try {
      await post(`${name}:${verb}`, { etag, ...(question?.reason ? { reason: answer } : {}) });
      announce(said);
      await refresh();
    } catch (error) {
      if (error.reason === 'OFFER_INCOMPLETE') return showRefusal(idOf(offer.name), error);
      problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error)), error.rules?.length > 0 && h('ul', {}, error.rules.map((one) => h('li', {}, one.description)))));
    }
  };
  const button = (label, onclick, kind = 'button') => h('button', { class: kind, onclick }, label);
  const link = (label, address) => h('a', { class: 'button quiet', href: address }, label);
  const live = offer.state !== 'STATE_ARCHIVED';
  return { title: offer.title || 'Mon offre', content: [pageHead(offer.title || 'Mon offre', { crumbs: [['Espace entreprise', '/espace-entreprise']], lead: offer.companyDisplayName }), h('div', { class: 'wrap narrow' }, visibilityPanel(visibility), problem,
    h('div', { class: 'buttons' },
      offer.state === 'STATE_DRAFT' && button('Envoyer à l’agence', step('submit', 'Offre envoyée.')),
      live && link('Modifier', `${page}/modifier`),
      offer.state === 'STATE_PUBLISHED' && button('Retirer pour le moment', step('suspend', 'Offre retirée.', SUSPEND), 'button quiet'),
      offer.state === 'STATE_SUSPENDED' && button('Proposer de nouveau', step('resume', 'Offre de nouveau proposée.')),
      link('Dupliquer', `${page}/dupliquer`),
      live && button('Archiver', step('archive', 'Offre archivée.', ARCHIVE), 'button danger'),
      offer.state === 'STATE_PUBLISHED' && h('a', { href: `/mini-stages/${id}` }, 'Voir la page publique')),
    offerPanel(record, live ? (one) => sessionTools(one, refresh) : undefined))] };
}
