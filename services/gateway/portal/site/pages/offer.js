import { ApiError, get, session } from '../api.js';
import { ambassadorCard } from '../cards.js';
import { h, pageHead, paragraphs, note } from '../dom.js';
import { ACCESSIBILITY, address, AUDIENCES, place, WORK_MODES } from '../format.js';
import { signInAddress } from '../main.js';
import { slotList } from '../slots.js';

const DAYS = { DAY_MONDAY: 'lundi', DAY_TUESDAY: 'mardi', DAY_WEDNESDAY: 'mercredi', DAY_THURSDAY: 'jeudi', DAY_FRIDAY: 'vendredi', DAY_SATURDAY: 'samedi', DAY_SUNDAY: 'dimanche' };
const row = (label, value) => value && [h('dt', {}, label), h('dd', {}, value)];

// The mails of companies and agencies lead here too, to offers that nobody else sees.
const notPublic = (id) => ({ title: 'Offre non publiée', content: [pageHead('Cette offre n’est pas publiée', { crumbs: [['Mini-stages', '/mini-stages']] }), h('div', { class: 'wrap narrow' },
  h('p', {}, 'Elle est retirée, ou pas encore publiée.'), h('p', {}, 'Vous êtes l’entreprise ou l’agence ? Connectez-vous pour la voir.'), h('div', { class: 'buttons' }, h('a', { class: 'button', href: signInAddress(`/?offer=${id}`) }, 'Se connecter'), h('a', { href: '/mini-stages' }, 'Voir les autres mini-stages')))] });

export async function show({ params: [id], signal }) {
  let found;
  try {
    found = await get(`offers/${encodeURIComponent(id)}`, {}, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404 && !session.signedIn) return notPublic(id);
    throw error;
  }
  const { offer, company, ambassadors, missing } = found;
  return {
    title: offer.title,
    content: [
      pageHead(offer.title, { crumbs: [['Mini-stages', '/mini-stages']], lead: [offer.companyDisplayName, place(offer.place)].filter(Boolean).join(', ') }),
      h('div', { class: 'wrap columns aside-right' },
        h('div', {},
          h('section', { class: 'panel' }, h('h2', {}, 'Ce que vous allez faire'), paragraphs(offer.description), h('p', {}, 'Métier : ', h('a', { href: `/metiers/${offer.profession.split('/')[1]}` }, offer.professionDisplayName))),
          h('section', { class: 'panel', id: 'dates' }, h('h2', {}, 'Dates et places'),
            offer.reservedSchools.length > 0 && note('', h('p', {}, 'Ces dates sont réservées aux élèves de certains établissements.')),
            offer.priorityAreasOnly && note('', h('p', {}, 'Ces dates sont réservées aux habitants des quartiers prioritaires.')),
            slotList(offer.sessions, 'mini-stages')),
          ambassadors.length > 0 && h('section', {}, h('h2', {}, 'Parler d’abord à quelqu’un de l’entreprise'), h('ul', { class: 'cards two' }, ambassadors.map((one) => h('li', {}, ambassadorCard(one)))))),
        h('aside', { 'aria-label': 'Informations pratiques' },
          h('div', { class: 'panel' }, h('h2', {}, 'En pratique'),
            h('dl', {},
              row('Où', address(offer.place)),
              row('Pour qui', offer.audiences.map((one) => AUDIENCES[one]).filter(Boolean).join(', ')),
              row('Réponse', offer.instantConfirmation ? 'Immédiate' : 'L’entreprise répond à chaque demande'),
              row('Accès', ACCESSIBILITY[offer.accessibility] ?? ''),
              row('Travail', WORK_MODES[offer.workMode] ?? ''),
              row('Horaires', offer.hours.length > 0 && h('ul', {}, offer.hours.map((one) => h('li', {}, `${DAYS[one.day]} : ${one.start} – ${one.end}`)))),
              row('Avec qui', offer.supervision), row('À apporter', offer.toBring))),
          company && h('div', { class: 'panel' }, h('h2', {}, company.displayName), paragraphs(company.description), /^https?:/.test(company.websiteUri) && h('p', {}, h('a', { href: company.websiteUri, rel: 'noopener noreferrer' }, 'Site de l’entreprise')), h('p', {}, h('a', { href: `/mini-stages?entreprise=${company.siret}` }, 'Toutes ses offres'))),
          offer.demonstration && h('p', { class: 'soft small' }, 'Offre de démonstration : cette proposition n’est pas réelle.'),
          missing.length > 0 && h('p', { class: 'soft small' }, 'Une partie de cette page n’a pas pu être chargée.'),
          h('p', {}, h('a', { href: `/mini-stages/${id}/signaler` }, 'Signaler un problème avec cette offre')))),
    ],
  };
}
