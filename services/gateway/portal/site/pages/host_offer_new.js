import { get, newWish, post, idOf, session } from '../api.js';
import { announce, h, note, pageHead } from '../dom.js';
import { checkedForm } from '../form.js';
import { go } from '../main.js';
import { offerFields } from '../offer_fields.js';
import { sessionFields } from '../session_fields.js';
import { showRefusal } from './host_offer_edit.js';

export const needsSession = true;

const title = 'Nouvelle offre';
const head = (lead) => pageHead(title, { crumbs: [['Espace entreprise', '/espace-entreprise']], lead });

const companyChoice = (companies) => ({ title, content: [head(''), h('div', { class: 'wrap narrow' }, h('h2', {}, 'Pour quelle entreprise ?'),
  h('ul', { class: 'cards' }, companies.map((one) => h('li', {}, h('article', { class: 'card link' }, h('h3', {}, h('a', { href: `/espace-entreprise/offres/nouvelle?entreprise=${one.siret}` }, one.displayName)), h('p', { class: 'soft' }, one.place?.commune))))))] });

export async function show({ query, signal }) {
  const sirets = session.companies.filter((siret) => !query.has('entreprise') || siret === query.get('entreprise'));
  const companies = await Promise.all(sirets.map((siret) => get(`companies/${siret}`, {}, signal)));
  if (companies.length === 0) return { title, content: [head(''), h('div', { class: 'wrap narrow' }, note('bad', h('p', {}, 'Votre compte n’est rattaché à aucune entreprise : demandez à votre agence.')))] };
  if (companies.length > 1) return companyChoice(companies);
  const [company] = companies;
  const offer = offerFields({}, company.sites);
  const dates = sessionFields();
  const wish = newWish();
  const form = checkedForm({
    fields: () => ({ ...offer.fields, ...dates.fields() }), button: 'Enregistrer le brouillon', also: 'Enregistrer et envoyer à l’agence',
    content: [h('section', { class: 'panel' }, h('h2', {}, 'L’offre'), offer.node), h('section', {}, h('h2', {}, 'Les dates'), dates.node)],
    send: async (submits) => {
      const written = { ...offer.content(), sessions: dates.values() };
      const { offer: { name } } = await post(`${company.name}/offers`, written, wish(written));
      // It is kept by now, whatever the agency is still to be told.
      const refused = submits ? await post(`${name}:submit`).then(() => null, (error) => error) : null;
      return { name, submits, refused };
    },
    done: ({ name, submits, refused }) => {
      const page = `/espace-entreprise/offres/${idOf(name)}`;
      if (refused) return showRefusal(idOf(name), refused);
      announce(submits ? 'Offre envoyée à l’agence.' : 'Brouillon enregistré.');
      go(page, { replace: true });
    },
  });
  return { title, content: [head(`${company.displayName}. L’offre devient visible quand l’agence l’a relue.`), h('div', { class: 'wrap narrow' }, form)] };
}
