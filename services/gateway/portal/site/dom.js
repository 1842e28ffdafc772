// Elements from descriptions. Whatever people wrote goes in as text, never as HTML.

// h('a', {href: '/', onclick: f}, 'text', node, [nodes], null)
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'disabled') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ''));
  return element;
}

let last = 0;
export const newId = (stem) => `${stem}-${(last += 1)}`;

// Tells a screen reader what changed without moving the focus.
export function announce(text) {
  const place = document.getElementById('annonce');
  place.textContent = '';
  setTimeout(() => { place.textContent = text; }, 50);
}

// `text` with the ranges of `highlights` that are about `field` marked. Ranges count code points.
export function marked(text, highlights = [], field) {
  const ranges = highlights.find((one) => one.field === field)?.ranges ?? [];
  if (ranges.length === 0) return [text];
  const points = Array.from(text);
  const parts = [];
  let at = 0;
  for (const { start = 0, end = 0 } of ranges) {
    parts.push(points.slice(at, start).join(''), h('mark', {}, points.slice(start, end).join('')));
    at = end;
  }
  return [...parts, points.slice(at).join('')];
}

// Paragraphs of a text with line breaks.
export const paragraphs = (text) => (text ?? '').split(/\n+/).filter((line) => line.trim() !== '').map((line) => h('p', {}, line));

export const note = (kind, ...children) => h('div', { class: `note ${kind}` }, ...children);

// The top of a page. `crumbs` are [label, href].
export function pageHead(title, { lead = '', crumbs = [] } = {}) {
  return h('div', { class: 'page-head' }, h('div', { class: 'wrap' },
    crumbs.length > 0 && h('nav', { class: 'crumbs', 'aria-label': 'Fil d’Ariane' }, crumbs.map(([label, href], i) => [i > 0 ? ' › ' : '', h('a', { href }, label)])),
    h('h1', { tabindex: '-1' }, title), lead && h('p', {}, lead)));
}

// Asks before something that cannot be undone. Resolves to the text written, '' without a question for
// one, or null when the person thinks better of it.
export function ask({ title, text = '', yes, reason = null, danger = true }) {
  return new Promise((resolve) => {
    const id = newId('motif');
    const words = reason && h('textarea', { id, maxlength: reason.max ?? 500, required: (reason.min ?? 0) > 0, minlength: reason.min ?? 0 });
    const dialog = h('dialog', { 'aria-labelledby': `${id}-titre` },
      h('form', { method: 'dialog', onsubmit: () => { dialog.returnValue = 'oui'; } },
        h('h2', { id: `${id}-titre` }, title), text && h('p', {}, text),
        reason && h('div', { class: 'field' }, h('label', { for: id }, reason.label), reason.hint && h('p', { class: 'hint' }, reason.hint), words),
        h('div', { class: 'buttons' }, h('button', { class: danger ? 'button danger' : 'button' }, yes),
          h('button', { class: 'button quiet', type: 'button', onclick: () => dialog.close('') }, 'Revenir'))));
    dialog.addEventListener('close', () => {
      const answer = dialog.returnValue === 'oui' ? (words?.value.trim() ?? '') : null;
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
