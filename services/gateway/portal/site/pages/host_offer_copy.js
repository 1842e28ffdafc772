import { get, newWish, post, idOf } from '../api.js';
import { announce, h, pageHead } from '../dom.js';
import { checkedForm } from '../form.js';
import { go } from '../main.js';
import { sessionFields } from '../session_fields.js';

export const needsSession = true;

export async function show({ params: [id], signal }) {
  const name = `offers/${encodeURIComponent(id)}`;
  const page = `/espace-entreprise/offres/${id}`;
  const { offer } = await get(`${name}:record`, {}, signal);
  const dates = sessionFields({ least: 1 });
  const wish = newWish();
  const form = checkedForm({
    fields: dates.fields, content: dates.node, button: 'Créer le brouillon',
    send: () => {
      const body = { sessions: dates.values() };
      return post(`${name}:duplicate`, body, wish(body));
    },
    done: (copy) => {
      announce('Brouillon créé.');
      go(`/espace-entreprise/offres/${idOf(copy.offer.name)}`, { replace: true });
    },
  });
  const title = 'Proposer de nouvelles dates';
  return { title, content: [pageHead(title, { crumbs: [['Espace entreprise', '/espace-entreprise'], [offer.title || 'Mon offre', page]], lead: 'Une nouvelle offre reprend le texte de celle-ci. Vous pourrez la relire avant de l’envoyer à l’agence.' }), h('div', { class: 'wrap narrow' }, form)] };
}
