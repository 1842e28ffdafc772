// Fields with their label, their hint and their mistake, tied together for screen readers.
import { inWords } from './api.js';
import { h, note } from './dom.js';

export function field(id, label, control, { hint = '' } = {}) {
  const hintId = `${id}-aide`;
  const errorId = `${id}-erreur`;
  control.id = id;
  control.name ||= id;
  if (hint) control.setAttribute('aria-describedby', hintId);
  const error = h('p', { class: 'field-error', id: errorId, hidden: true });
  return { control, error, describedBy: hint ? hintId : '', node: h('div', { class: 'field' }, h('label', { for: id }, label, control.required ? '' : h('span', { class: 'hint' }, ' (facultatif)')), hint && h('p', { class: 'hint', id: hintId }, hint), control, error) };
}

function mark(one, text) {
  one.error.textContent = text;
  one.error.hidden = text === '';
  if (text === '') one.control.removeAttribute('aria-invalid');
  else one.control.setAttribute('aria-invalid', 'true');
  const described = [one.describedBy, text === '' ? '' : one.error.id].filter(Boolean).join(' ');
  if (described) one.control.setAttribute('aria-describedby', described);
  else one.control.removeAttribute('aria-describedby');
}

const missing = (control) => (control.type === 'email' && control.value !== '' ? 'Écrivez une adresse mail complète, par exemple prenom@exemple.fr.'
  : control.type === 'date' && control.value !== '' ? 'Vérifiez cette date.' : 'Ce champ est nécessaire.');

// A form that checks itself, says all mistakes at once and puts the focus on the first. `fields` are by
// the name that the suite's answers call them; `send` does the work.
export function checkedForm({ fields, button, send, done }) {
  const problem = h('div', {});
  const submit = h('button', { class: 'button' }, button);
  const all = Object.values(fields);
  const form = h('form', { novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    problem.replaceChildren();
    all.forEach((one) => mark(one, one.control.checkValidity() ? '' : missing(one.control)));
    const wrong = all.find((one) => !one.error.hidden);
    if (wrong) return wrong.control.focus();
    submit.disabled = true;
    try {
      await done(await send());
    } catch (error) {
      for (const { field: name } of error.fields ?? []) {
        const one = Object.entries(fields).find(([key]) => name === key || name.endsWith(`.${key}`))?.[1];
        if (one) mark(one, 'Vérifiez ce champ.');
      }
      problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
      all.find((one) => !one.error.hidden)?.control.focus();
    } finally {
      submit.disabled = false;
    }
  } }, all.map((one) => one.node), problem, h('div', { class: 'buttons' }, submit));
  return form;
}
