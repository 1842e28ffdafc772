// A text field that completes what is typed: WAI-ARIA's combobox with a list (APG "editable combobox with
// list autocomplete"). Without it the field is a plain one.
import { h, newId, announce, marked } from './dom.js';

const PAUSE = 150;

// `complete(text, signal)` gives [{text, highlights, …}]; `onPick(choice)` gets the one chosen.
export function combobox(input, { complete, onPick, least = 2 }) {
  const id = newId('propositions');
  const list = h('ul', { class: 'suggest', role: 'listbox', id, 'aria-label': 'Propositions', hidden: true });
  input.after(list);
  input.parentElement.classList.add('combo');
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': id, autocomplete: 'off' })) {
    input.setAttribute(name, value);
  }
  let choices = [];
  let active = -1;
  let asking = null;
  let timer = 0;

  const close = () => {
    asking?.abort();
    clearTimeout(timer);
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const pick = (i) => {
    const choice = choices[i];
    close();
    onPick(choice);
  };
  const mark = (i) => {
    active = (i + choices.length) % choices.length;
    Array.from(list.children).forEach((item, at) => item.setAttribute('aria-selected', at === active ? 'true' : 'false'));
    input.setAttribute('aria-activedescendant', list.children[active].id);
    list.children[active].scrollIntoView({ block: 'nearest' });
  };
  const show = (found) => {
    choices = found;
    active = -1;
    input.removeAttribute('aria-activedescendant');
    if (choices.length === 0) return close();
    list.replaceChildren(...choices.map((choice, i) => h('li', { role: 'option', id: `${id}-${i}`, 'aria-selected': 'false', onmousedown: (event) => { event.preventDefault(); pick(i); } },
      marked(choice.text, choice.highlights, 'text'))));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    announce(`${choices.length} ${choices.length > 1 ? 'propositions' : 'proposition'}`);
  };
  const ask = async () => {
    asking?.abort();
    const text = input.value.trim();
    if (text.length < least) return close();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const found = await complete(text, signal);
      if (!signal.aborted && document.activeElement === input) show(found);
    } catch {
      if (!signal.aborted) close();
    }
  };
  input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    const open = !list.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      // What is still under way must not take the list away from who moves in it.
      clearTimeout(timer);
      if (open) asking?.abort();
      if (!open) ask();
      else mark(event.key === 'ArrowDown' ? active + 1 : active < 0 ? choices.length - 1 : active - 1);
    } else if (event.key === 'Enter' && open && active >= 0) {
      event.preventDefault();
      pick(active);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      close();
    }
  });
  // Who types faster than this was loaded has typed something already.
  if (document.activeElement === input) ask();
}
