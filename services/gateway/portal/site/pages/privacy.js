import { h, pageHead } from '../dom.js';

export async function show() {
  return { title: 'Données personnelles', content: [pageHead('Données personnelles'), h('div', { class: 'wrap narrow' },
    h('h2', {}, 'Ce que nous gardons'),
    h('p', {}, 'Pour chercher, rien : aucun compte n’est nécessaire. Pour réserver : votre date de naissance, votre classe, votre département, votre adresse mail et, si vous avez moins de 18 ans, l’adresse de votre responsable légal.'),
    h('h2', {}, 'Qui les voit'),
    h('p', {}, 'L’agence de votre territoire. L’entreprise voit qu’une demande est arrivée, jamais votre adresse. Chaque consultation par l’agence est notée.'),
    h('h2', {}, 'Cookies'),
    h('p', {}, 'Un seul cookie, et seulement quand vous vous connectez : il garde votre connexion et disparaît avec elle. Il n’y a ni publicité, ni mesure d’audience par un tiers.'),
    h('h2', {}, 'Vos droits'),
    h('p', {}, 'Une fois connecté, vous pouvez télécharger vos données ou tout faire effacer ', h('a', { href: '/mon-espace/donnees' }, 'dans votre espace'), '. L’agence peut le faire pour vous. Un responsable légal efface les siennes par le lien du message qu’il a reçu. Vous pouvez aussi vous adresser à la CNIL.'))] };
}
