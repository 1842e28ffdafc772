import { h, pageHead } from '../dom.js';

export async function show() {
  return { title: 'Accessibilité', content: [pageHead('Accessibilité'), h('div', { class: 'wrap narrow' },
    h('p', {}, 'Ce site est fait pour être utilisé par tout le monde : au clavier, avec un lecteur d’écran, sur un petit écran, en grossissant les textes.'),
    h('h2', {}, 'Ce qui est en place'),
    h('ul', {}, ['Tout se fait au clavier, et l’endroit où vous êtes reste visible.', 'Les textes sont assez contrastés, en mode clair comme en mode sombre.', 'La carte n’est jamais la seule façon de trouver une offre : la liste contient les mêmes.', 'Rien ne clignote, et les animations s’arrêtent si votre appareil le demande.', 'Les erreurs sont expliquées par des mots, à côté du champ concerné.'].map((one) => h('li', {}, one))),
    h('h2', {}, 'État de conformité'),
    h('p', {}, 'Les pages sont vérifiées automatiquement selon le RGAA et les WCAG 2.1, niveau AA. Aucun audit par un organisme extérieur n’a encore été fait : le site est donc déclaré non conforme, au sens de la loi, jusqu’à cet audit.'),
    h('h2', {}, 'Une difficulté ?'),
    h('p', {}, 'Écrivez à votre agence : elle vous répond et peut faire la réservation avec vous. Si vous n’avez pas de réponse, vous pouvez saisir le Défenseur des droits.'))] };
}
