import { ownPath, session } from '../api.js';
import { h, note, pageHead } from '../dom.js';
import { signInAddress } from '../main.js';

const CAUSES = {
  refus: 'La connexion n’a pas abouti. Vous pouvez réessayer.',
  expiration: 'La connexion a pris trop de temps, ou elle a été commencée dans un autre onglet. Réessayez.',
  affluence: 'Beaucoup de personnes se connectent en ce moment depuis le même endroit. Réessayez dans une minute.',
  indisponible: 'Le service de connexion ne répond pas pour le moment. Réessayez dans quelques minutes.',
};

export async function show({ query }) {
  const cause = CAUSES[query.get('cause')];
  // Where a link of another site was to lead.
  const address = ownPath(query.get('return'), '/mon-espace');
  return { title: 'Connexion', content: [pageHead('Connexion'), h('div', { class: 'wrap narrow' },
    cause && note('bad', h('p', { role: 'alert' }, cause)),
    session.signedIn ? h('p', {}, `Vous êtes connecté${session.displayName ? ` : ${session.displayName}` : ''}.`) : h('p', {}, 'Connectez-vous pour réserver et suivre vos réservations.'),
    h('div', { class: 'buttons' }, session.signedIn ? h('a', { class: 'button', href: address }, address === '/mon-espace' ? 'Mon espace' : 'Continuer') : h('a', { class: 'button', href: signInAddress(address) }, 'Se connecter')))] };
}
