import { get, post } from '../api.js';
import { h, note, pageHead } from '../dom.js';
import { checkedForm, field } from '../form.js';

export const needsSession = true;

export const GROUNDS = {
  GROUND_DISCRIMINATORY: 'Elle écarte des personnes (sexe, origine, handicap…)', GROUND_DISGUISED_WORK: 'C’est un vrai travail, qui devrait être payé', GROUND_DANGEROUS: 'C’est dangereux',
  GROUND_MISLEADING: 'Elle ne dit pas la vérité', GROUND_INAPPROPRIATE: 'Elle ne convient pas à des jeunes', GROUND_OTHER: 'Autre chose',
};

export async function show({ params: [id], signal }) {
  const { offer } = await get(`offers/${encodeURIComponent(id)}`, {}, signal);
  const words = h('textarea', { maxlength: 1000 });
  const fields = {
    ground: field('motif', 'Qu’est-ce qui ne va pas ?', h('select', { required: true, onchange: (event) => { words.required = event.target.value === 'GROUND_OTHER'; } }, h('option', { value: '' }, 'Choisissez'), Object.entries(GROUNDS).map(([value, label]) => h('option', { value }, label)))),
    text: field('details', 'Expliquez en quelques mots', words, { hint: 'Seule l’agence lit ce message.' }),
  };
  const body = h('div', { class: 'wrap narrow' });
  body.append(checkedForm({ fields, button: 'Envoyer le signalement',
    send: () => post(`offers/${encodeURIComponent(id)}:report`, { ground: fields.ground.control.value, text: words.value.trim() }),
    done: () => body.replaceChildren(note('good', h('p', { role: 'status' }, 'Merci. L’agence va regarder cette offre.')), h('p', {}, h('a', { href: `/mini-stages/${id}` }, 'Revenir à l’offre'))) }));
  return { title: 'Signaler cette offre', content: [pageHead('Signaler cette offre', { crumbs: [['Mini-stages', '/mini-stages'], [offer.title, `/mini-stages/${id}`]], lead: offer.title }), body] };
}
