// What everybody may ask of whoever keeps their data: a copy, and to be forgotten.
import { getFile, inWords, is, post, session } from '../api.js';
import { announce, ask, h, note, pageHead } from '../dom.js';
import { save } from '../files.js';
import { deskOf } from '../main.js';
import { tabs } from './bookings.js';

export const needsSession = true;

export const myDataLink = () => h('p', {}, h('a', { href: '/mon-espace/donnees' }, 'Mes données personnelles'));

function rights({ title, about, name, copy, erasure }) {
  const said = h('div', {});
  const fail = (error) => said.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
  const download = async () => {
    try {
      save(await getFile(`${name}:export`), 'mes-donnees.zip');
      announce('Le fichier est téléchargé.');
    } catch (error) { fail(error); }
  };
  const erase = async () => {
    if (await ask({ title: erasure.title, text: `${erasure.text} On ne peut pas revenir en arrière.`, yes: 'Tout effacer' }) === null) return;
    try {
      await post(`${name}:erase`);
      const done = [pageHead('Vos données sont effacées'), h('div', { class: 'wrap narrow' }, note('good', h('p', { role: 'status' }, `${erasure.done} C’est fait ici, et dans les instants qui viennent partout ailleurs.`)))];
      document.getElementById('contenu').replaceChildren(...done);
      document.querySelector('main h1').focus();
    } catch (error) { fail(error); }
  };
  return h('section', { class: 'panel' }, h('h2', {}, title), h('p', {}, about), said,
    h('div', { class: 'buttons' }, h('button', { class: 'button quiet', onclick: download }, copy), erasure && h('button', { class: 'button danger', onclick: erase }, erasure.button)));
}

// Who has no erasure of their own is told who does it.
function whoErases() {
  if (is('applicant')) return '';
  if (is('guardian')) return 'Le nom et l’adresse de responsable légal que le jeune a donnés s’effacent par le lien du message que vous avez reçu. Pour effacer votre compte, écrivez à l’agence.';
  return 'Pour faire effacer votre compte, écrivez à l’agence.';
}

export async function show() {
  const title = 'Mes données';
  const mine = is('applicant');
  const [desk, label] = deskOf();
  return { title, content: [pageHead(title, { lead: 'Ce que nous gardons de vous, entre vos mains.', crumbs: mine ? [] : [[label, desk]] }), h('div', { class: 'wrap narrow' }, mine && tabs('/mon-espace/donnees'),
    rights({ title: 'Votre compte', about: ['Vous pouvez recevoir une copie de tout ce que nous gardons de vous : une page à lire, et les mêmes données pour un ordinateur. ', whoErases()], name: 'people/me', copy: 'Télécharger mes données',
      erasure: mine && { button: 'Effacer mes données', title: 'Effacer toutes vos données ?', text: 'Vos réservations sont annulées et votre profil est effacé.', done: 'Vos réservations sont annulées et votre profil est effacé.' } }),
    session.ambassador && rights({ title: 'Votre profil d’ambassadeur ou d’ambassadrice', about: 'La présentation, les créneaux, les rencontres et les avis.', name: `ambassadors/${session.ambassador}`, copy: 'Télécharger les données du profil',
      erasure: { button: 'Effacer ce profil', title: 'Effacer votre profil ?', text: 'Il n’est plus visible, les rencontres à venir sont annulées et chacun est prévenu.', done: 'Votre profil est effacé et les rencontres à venir sont annulées.' } }))] };
}
