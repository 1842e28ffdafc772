import { get, post, inWords } from '../api.js';
import { announce, ask, h, note, pageHead } from '../dom.js';
import { refresh } from '../main.js';
import { offerPanel, visibilityPanel } from './host_offer.js';

export const needsSession = true;

export async function show({ params: [id], signal }) {
  const name = `offers/${encodeURIComponent(id)}`;
  const [record, visibility] = await Promise.all([get(`${name}:record`, {}, signal), get(`${name}:explainVisibility`, {}, signal)]);
  const { offer, etag } = record;
  const problem = h('div', {});
  const step = (verb, said, question = null) => async () => {
    const reason = question ? await ask(question) : '';
    if (reason === null) return;
    try {
      await post(`${name}:${verb}`, { etag, ...(question ? { reason } : {}) });
      announce(said);
      await refresh();
    } catch (error) {
      problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
    }
  };
  const because = (title, yes, hint) => ({ title, yes, reason: { label: 'Pourquoi ?', hint, min: 10, max: 1000 } });
  return { title: offer.title || 'Offre', content: [pageHead(offer.title || 'Offre', { crumbs: [['Espace agence', '/espace-agence']], lead: offer.companyDisplayName }), h('div', { class: 'wrap narrow' }, offerPanel(record), visibilityPanel(visibility), problem,
    record.openReports > 0 && note('bad', h('p', {}, `${record.openReports} signalement(s) sans réponse.`)),
    h('div', { class: 'buttons' },
      offer.state === 'STATE_SUBMITTED' && [h('button', { class: 'button', onclick: step('approve', 'Offre publiée.') }, 'Publier'),
        h('button', { class: 'button danger', onclick: step('reject', 'Offre rendue à l’entreprise.', because('Rendre cette offre à l’entreprise ?', 'Rendre l’offre', 'L’entreprise lit ce message : dites ce qui doit changer (10 caractères au moins).')) }, 'Rendre à l’entreprise')],
      offer.state === 'STATE_PUBLISHED' && h('button', { class: 'button danger', onclick: step('suspend', 'Offre retirée.', because('Retirer cette offre ?', 'Retirer', 'L’entreprise lit ce message (10 caractères au moins).')) }, 'Retirer'),
      offer.state === 'STATE_SUSPENDED' && h('button', { class: 'button', onclick: step('resume', 'Offre de nouveau publiée.') }, 'Publier de nouveau')))] };
}
