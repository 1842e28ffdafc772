// What a host writes in an offer, but its dates.
import { combobox } from './combobox.js';
import { professions } from './completions.js';
import { h } from './dom.js';
import { choices, field } from './form.js';
import { ACCESSIBILITY, address, AUDIENCES } from './format.js';

// What `content` gives, as a mask of fields.
export const WRITTEN = 'profession,appellation,title,description,audiences,site,accessibility,supervision,toBring,instantConfirmation';

const select = (options, value) => h('select', {}, options.map(([key, label]) => h('option', { value: key, selected: key === value }, label)));
const words = (value, maxlength, more = {}) => h('textarea', { maxlength, value: value ?? '', ...more });

function professionField(offer) {
  const input = h('input', { type: 'text', maxlength: 200, value: offer.professionDisplayName ?? '' });
  let chosen = offer.profession ?? '';
  const one = field('metier', 'Métier', input, { needed: true, hint: 'Écrivez les premières lettres, puis choisissez dans la liste.', wrong: 'Ce métier n’est plus dans la liste officielle. Choisissez-en un autre.',
    check: () => (input.value.trim() !== '' && chosen === '' ? 'Choisissez un métier dans la liste qui s’affiche quand vous écrivez.' : '') });
  // The list opens below the field, not below what is said of it.
  const box = h('div', {});
  input.replaceWith(box);
  box.append(input);
  combobox(input, { complete: professions, onPick: (choice) => { input.value = choice.text; chosen = `professions/${choice.rome}`; } });
  input.addEventListener('input', () => { chosen = ''; });
  return { ...one, value: () => (input.value.trim() === '' ? '' : chosen) };
}

export function offerFields(offer, sites) {
  const instant = h('input', { type: 'checkbox', id: 'aussitot', checked: offer.instantConfirmation === true });
  const fields = {
    title: field('titre', 'Titre', h('input', { type: 'text', required: true, maxlength: 200, value: offer.title ?? '' }), { hint: 'Ce qu’on lit en premier dans la recherche, par exemple « Au fournil avec une boulangère ».', wrong: '200 caractères au plus, sur une seule ligne.' }),
    profession: professionField(offer),
    description: field('texte', 'Ce que le jeune va faire', words(offer.description, 5000), { needed: true, hint: 'En quelques phrases, 30 caractères au moins : les gestes, les lieux, l’équipe.', wrong: '5 000 caractères au plus.' }),
    audiences: choices('publics', 'Pour qui', Object.entries(AUDIENCES), offer.audiences ?? [], { hint: 'Au moins un public.', wrong: 'Choisissez dans la liste.' }),
    ...(sites.length > 0 && { site: field('lieu', 'Lieu', select([['', 'À l’adresse de l’entreprise'], ...sites.map((one) => [one.name, [one.displayName, address(one.place)].filter(Boolean).join(', ')])], offer.site ?? ''), { needed: true, wrong: 'Ce lieu n’existe plus. Choisissez-en un autre.' }) }),
    accessibility: field('acces', 'Accès en fauteuil roulant', select([['ACCESSIBILITY_UNSPECIFIED', 'Non précisé'], ...Object.entries(ACCESSIBILITY)], offer.accessibility)),
    supervision: field('encadrement', 'Avec qui', words(offer.supervision, 1000), { hint: 'Une fonction, jamais le nom d’une personne.', wrong: '1 000 caractères au plus.' }),
    to_bring: field('apporter', 'À apporter', words(offer.toBring, 1000), { wrong: '1 000 caractères au plus.' }),
  };
  return {
    fields,
    node: [Object.values(fields).map((one) => one.node), h('div', { class: 'choice field' }, instant, h('label', { for: 'aussitot' }, 'Confirmer chaque demande aussitôt, sans attendre ma réponse'))],
    content() {
      const profession = fields.profession.value();
      return { title: fields.title.control.value.trim(), profession,
        // A job title belongs to its profession.
        appellation: profession === offer.profession ? offer.appellation ?? '' : '',
        description: fields.description.control.value.trim(), audiences: fields.audiences.values(), site: fields.site?.control.value ?? '', accessibility: fields.accessibility.control.value,
        supervision: fields.supervision.control.value.trim(), toBring: fields.to_bring.control.value.trim(), instantConfirmation: instant.checked };
    },
  };
}
