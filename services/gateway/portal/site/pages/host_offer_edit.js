import { get, newWish, patch, post, idOf } from '../api.js';
import { announce, h, note, pageHead } from '../dom.js';
import { checkedForm } from '../form.js';
import { go } from '../main.js';
import { offerFields, WRITTEN } from '../offer_fields.js';
import { sessionFields } from '../session_fields.js';

export const needsSession = true;

// An answer to be shown at the fields of an offer: {id, error}.
let refusal = null;

// Opens this page at what an offer lacks.
export function showRefusal(id, error) {
  refusal = { id, error };
  go(`/espace-entreprise/offres/${id}/modifier`, { replace: true });
}

const READ = ['STATE_PUBLISHED', 'STATE_SUSPENDED'];

// Adds the dates that were written, one after another; those that are kept are no longer in the form.
async function addSessions(name, dates, wish) {
  while (dates.values().length > 0) {
    const [session] = dates.values();
    try {
      await post(`${name}/sessions`, session, wish(session));
    } catch (error) {
      error.fields = (error.fields ?? []).map((one) => ({ ...one, field: one.field.replace(/^session\b/, 'sessions[0]') }));
      throw error;
    }
    dates.shift();
  }
}

export async function show({ params: [id], signal }) {
  const name = `offers/${encodeURIComponent(id)}`;
  const page = `/espace-entreprise/offres/${id}`;
  let { offer, etag } = await get(`${name}:record`, {}, signal);
  const title = 'Modifier l’offre';
  const head = pageHead(title, { crumbs: [['Espace entreprise', '/espace-entreprise'], [offer.title || 'Mon offre', page]], lead: offer.companyDisplayName });
  if (offer.state === 'STATE_ARCHIVED') return { title, content: [head, h('div', { class: 'wrap narrow' }, note('wait', h('p', {}, 'Cette offre est archivée. ', h('a', { href: `${page}/dupliquer` }, 'Dupliquez-la vers de nouvelles dates'), '.')))] };
  const { sites } = await get(`companies/${idOf(offer.company)}`, {}, signal);
  const written = offerFields(offer, sites);
  const dates = sessionFields({ begin: 0 });
  const [textWish, dateWish] = [newWish(), newWish()];
  const draft = offer.state === 'STATE_DRAFT';
  const form = checkedForm({
    fields: () => ({ ...written.fields, ...dates.fields() }), button: 'Enregistrer', also: draft ? 'Enregistrer et envoyer à l’agence' : null,
    content: [h('section', { class: 'panel' }, h('h2', {}, 'L’offre'), written.node), h('section', {}, h('h2', {}, 'Ajouter des dates'), h('p', {}, 'Les dates déjà proposées se changent ', h('a', { href: page }, 'sur la page de l’offre'), '.'), dates.node)],
    send: async (submits) => {
      const content = written.content();
      ({ offer, etag } = await patch(name, content, { updateMask: WRITTEN, etag }, textWish({ content, etag })));
      await addSessions(name, dates, dateWish).finally(async () => { ({ offer, etag } = await get(`${name}:record`)); });
      if (submits) await post(`${name}:submit`, { etag });
      return submits;
    },
    done: (submits) => {
      announce(submits ? 'Offre envoyée à l’agence.' : 'Offre enregistrée.');
      go(page, { replace: true });
    },
  });
  const refused = refusal?.id === id ? refusal.error : null;
  refusal = null;
  return { title, ready: () => refused !== null && form.refuse(refused), content: [head, h('div', { class: 'wrap narrow' },
    READ.includes(offer.state) && note('wait', h('p', {}, 'Si vous changez le titre, le texte, le métier, les publics, l’encadrement ou ce qu’il faut apporter, l’agence relit l’offre avant qu’elle soit de nouveau visible.')), form)] };
}
