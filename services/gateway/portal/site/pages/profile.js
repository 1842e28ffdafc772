import { get, patch, ApiError, session } from '../api.js';
import { combobox } from '../combobox.js';
import { schools } from '../completions.js';
import { announce, h, note, pageHead } from '../dom.js';
import { checkedForm, field } from '../form.js';
import { DEPARTMENTS, LEVELS } from '../format.js';
import { tabs } from './bookings.js';

export const needsSession = true;

const orNull = (promise) => promise.catch((error) => { if (error instanceof ApiError && error.status === 404) return null; throw error; });
const select = (options, value) => h('select', { required: true }, h('option', { value: '' }, 'Choisissez'), Object.entries(options).map(([key, label]) => h('option', { value: key, selected: key === value }, label)));

function ageOf(birthDate) {
  const [year, month, day] = birthDate.split('-').map(Number);
  const today = new Date();
  return today.getFullYear() - year - (today.getMonth() + 1 < month || (today.getMonth() + 1 === month && today.getDate() < day) ? 1 : 0);
}

function contactForm(contact, saved) {
  const fields = {
    display_name: field('prenom', 'Comment vous appeler ?', h('input', { required: true, maxlength: 100, autocomplete: 'given-name', value: contact?.displayName ?? session.displayName ?? '' }), { hint: 'Votre prénom suffit.' }),
    email: field('mail', 'Votre adresse mail', h('input', { type: 'email', required: true, maxlength: 254, autocomplete: 'email', value: contact?.email ?? '' }), { hint: 'Les réponses arrivent à cette adresse. Les entreprises ne la voient pas.' }),
  };
  return h('section', { class: 'panel' }, h('h2', {}, 'Pour vous joindre'), checkedForm({ fields, button: 'Enregistrer', done: saved,
    send: () => patch('people/me/contact', { displayName: fields.display_name.control.value.trim(), email: fields.email.control.value.trim(), etag: contact?.etag ?? '' }) }));
}

function applicantForm(applicant, saved) {
  const school = h('input', { maxlength: 120, autocomplete: 'off' });
  let uai = applicant?.school ?? '';
  if (uai !== '') school.value = uai;
  const area = h('input', { type: 'checkbox', id: 'quartier', checked: applicant?.priorityArea === true });
  const fields = {
    birth_date: field('naissance', 'Votre date de naissance', h('input', { type: 'date', required: true, autocomplete: 'bday', max: new Date().toISOString().slice(0, 10), value: applicant?.birthDate ?? '' }), { hint: 'Les règles dépendent de votre âge. Elle ne pourra plus être changée après une réservation.' }),
    level: field('classe', 'Où en êtes-vous ?', select(LEVELS, applicant?.level)),
    department: field('departement', 'Votre département', select(DEPARTMENTS, applicant?.department)),
    school: field('etablissement', 'Votre établissement', school, { hint: 'Le nom du collège, du lycée, ou son code à 8 caractères.' }),
  };
  combobox(school, { complete: schools, onPick: (choice) => { school.value = choice.text; uai = choice.code; } });
  school.addEventListener('input', () => { uai = /^\d{7}[A-Za-z]$/.test(school.value.trim()) ? school.value.trim().toUpperCase() : ''; });
  const form = checkedForm({ fields, button: 'Enregistrer', done: saved,
    send: () => patch('people/me/applicant', { birthDate: fields.birth_date.control.value, level: fields.level.control.value, department: fields.department.control.value, school: uai, priorityArea: area.checked, etag: applicant?.etag ?? '' }) });
  form.querySelector('.buttons').before(h('div', { class: 'choice' }, area, h('label', { for: 'quartier' }, 'J’habite dans un quartier prioritaire de la ville')));
  return h('section', { class: 'panel' }, h('h2', {}, 'Votre situation'), form);
}

function guardianForm(guardian, saved) {
  const fields = {
    display_name: field('nom-responsable', 'Son nom', h('input', { required: true, maxlength: 100, value: guardian?.displayName ?? '' })),
    email: field('mail-responsable', 'Son adresse mail', h('input', { type: 'email', required: true, maxlength: 254, value: guardian?.email ?? '' }), { hint: 'Elle doit être différente de la vôtre : un message pour donner son accord y est envoyé.' }),
  };
  return h('section', { class: 'panel', id: 'responsable' }, h('h2', {}, 'Votre responsable légal'), h('p', {}, 'Vous avez moins de 18 ans : un parent ou un tuteur doit donner son accord avant chaque activité.'),
    checkedForm({ fields, button: 'Enregistrer', done: saved, send: () => patch('people/me/guardian', { displayName: fields.display_name.control.value.trim(), email: fields.email.control.value.trim(), etag: guardian?.etag ?? '' }) }));
}

export async function show({ query, signal }) {
  const [contact, applicant, guardian] = await Promise.all([orNull(get('people/me/contact', {}, signal)), orNull(get('people/me/applicant', {}, signal)), orNull(get('people/me/guardian', {}, signal))]);
  const back = /^\/(mini-stages|ambassadeurs)\/[\w-]+\/reserver\/[\w-]+$/.test(query.get('retour') ?? '') ? query.get('retour') : null;
  const said = h('div', {});
  const saved = (text) => async () => {
    announce(text);
    const fresh = await show({ query, signal: undefined });
    document.getElementById('contenu').replaceChildren(...fresh.content);
    document.querySelector('.saved')?.replaceChildren(note('good', h('p', {}, text, back && [' ', h('a', { href: back }, 'Revenir à la réservation')])));
    document.querySelector('.saved')?.scrollIntoView({ block: 'center' });
  };
  said.className = 'saved';
  const minor = applicant?.birthDate && ageOf(applicant.birthDate) < 18;
  const ready = applicant && contact && (!minor || guardian);
  return { title: 'Mon profil', content: [pageHead('Mon profil', { lead: 'Ces informations servent à vérifier les règles et à vous répondre.' }), h('div', { class: 'wrap narrow' }, tabs('/mon-espace/profil'), said,
    back && ready && note('good', h('p', {}, 'Votre profil est complet. '), h('p', {}, h('a', { class: 'button', href: back }, 'Revenir à la réservation'))),
    applicantForm(applicant, saved('Votre situation est enregistrée.')), minor && guardianForm(guardian, saved('Votre responsable légal est enregistré.')), contactForm(contact, saved('Votre adresse est enregistrée.')))] };
}

