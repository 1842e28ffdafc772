// Fields with their label, their hint and their mistake, tied together for screen readers.
import { inWords } from './api.js';
import { h, note } from './dom.js';

const mistakeOf = (id) => h('p', { class: 'field-error', id: `${id}-erreur`, hidden: true });

// `wrong` says what the field takes, for a value that is refused; `check` gives the mistake that the
// browser does not find, or ''. What is not `required` is called so, unless it is `needed` later.
export function field(id, label, control, { hint = '', wrong = '', needed = false, check = () => '' } = {}) {
  const hintId = `${id}-aide`;
  control.id = id;
  control.name ||= id;
  if (hint) control.setAttribute('aria-describedby', hintId);
  const error = mistakeOf(id);
  return { control, error, wrong, check, describedBy: hint ? hintId : '', node: h('div', { class: 'field' }, h('label', { for: id }, label, control.required || needed ? '' : h('span', { class: 'hint' }, ' (facultatif)')), hint && h('p', { class: 'hint', id: hintId }, hint), control, error) };
}

// Boxes to tick, as one field. `options` are [value, label].
export function choices(id, legend, options, chosen, { hint = '', wrong = '' } = {}) {
  const hintId = `${id}-aide`;
  const boxes = options.map(([value], i) => h('input', { type: 'checkbox', id: `${id}-${i}`, name: id, value, checked: chosen.includes(value) }));
  if (hint) boxes[0].setAttribute('aria-describedby', hintId);
  const error = mistakeOf(id);
  return { control: boxes[0], error, wrong, check: () => '', describedBy: hint ? hintId : '', values: () => boxes.filter((one) => one.checked).map((one) => one.value),
    node: h('fieldset', { class: 'field' }, h('legend', {}, legend), hint && h('p', { class: 'hint', id: hintId }, hint), boxes.map((box, i) => h('div', { class: 'choice' }, box, h('label', { for: box.id }, options[i][1]))), error) };
}

function mark(one, text) {
  one.error.textContent = text;
  one.error.hidden = text === '';
  // A button cannot be wrong, but it may say what is missing.
  if (text === '' || one.control.tagName === 'BUTTON') one.control.removeAttribute('aria-invalid');
  else one.control.setAttribute('aria-invalid', 'true');
  const described = [one.describedBy, text === '' ? '' : one.error.id].filter(Boolean).join(' ');
  if (described) one.control.setAttribute('aria-describedby', described);
  else one.control.removeAttribute('aria-describedby');
}

function mistakeIn({ control, wrong, check }) {
  if (control.checkValidity()) return check();
  if (control.type === 'email' && control.value !== '') return 'Écrivez une adresse mail complète, par exemple prenom@exemple.fr.';
  if (control.validity.valueMissing && !control.validity.badInput) return 'Ce champ est nécessaire.';
  return wrong || 'Vérifiez ce champ.';
}

// The field that the suite means by a path: "offer.audiences[0]" is in "audiences".
function namedBy(fields, path) {
  const of = (name) => Object.entries(fields).find(([key]) => name === key || name.endsWith(`.${key}`))?.[1];
  return of(path) ?? of(path.replace(/\[\d+\]$/, ''));
}

// What is said at a field that the suite refused. Of what is missing its own words are French.
const refusal = (error, { description }, one) => (error.reason.endsWith('_INCOMPLETE') ? `Il manque ${description}.` : one.wrong || 'Vérifiez ce champ.');

// A form that checks itself, says all mistakes at once and puts the focus on the first. `fields` are by
// the name that the suite's answers call them, in the order of the page, or a function that gives those
// that there are now; `content` is what is shown of them. `send` does the work, and hears whether the
// button `also` was used. The form's `refuse` shows an answer that came elsewhere.
export function checkedForm({ fields, content = null, button, also = null, send, done }) {
  const present = () => (typeof fields === 'function' ? fields() : fields);
  const problem = h('div', {});
  const submits = [button, also].filter(Boolean).map((label, i) => h('button', { class: i === 0 ? 'button' : 'button quiet' }, label));
  const focusFirst = () => Object.values(present()).find((one) => !one.error.hidden)?.control.focus();
  const refuse = (error) => {
    for (const violation of error.fields ?? []) {
      const one = namedBy(present(), violation.field);
      if (one) mark(one, refusal(error, violation, one));
    }
    problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
    focusFirst();
  };
  const form = h('form', { novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    problem.replaceChildren();
    const all = Object.values(present());
    all.forEach((one) => mark(one, mistakeIn(one)));
    if (all.some((one) => !one.error.hidden)) return focusFirst();
    submits.forEach((one) => { one.disabled = true; });
    let refused = null;
    try {
      await done(await send(event.submitter !== null && event.submitter === submits[1]));
    } catch (error) {
      refused = error;
    } finally {
      submits.forEach((one) => { one.disabled = false; });
    }
    if (refused !== null) refuse(refused);
  } }, content ?? Object.values(present()).map((one) => one.node), problem, h('div', { class: 'buttons' }, submits));
  form.refuse = refuse;
  return form;
}
