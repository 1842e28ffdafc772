import { go } from '../main.js';

// The server has put the first page into the shell; whoever comes back to it later gets the same text.
async function content() {
  const main = document.getElementById('contenu');
  if (main.querySelector('.doors')) return Array.from(main.children);
  const text = await (await fetch(`${document.documentElement.dataset.assets}/home.html`)).text();
  return Array.from(new DOMParser().parseFromString(text, 'text/html').body.children).map((one) => document.importNode(one, true));
}

export const sameForAll = true;

export async function show() {
  const nodes = await content();
  const input = nodes.map((one) => one.querySelector('#q-metiers')).find(Boolean);
  // Who does not search for a profession does not pay for it.
  input.addEventListener('focus', async () => {
    const [{ combobox }, { professions }] = await Promise.all([import('../combobox.js'), import('../completions.js')]);
    combobox(input, { complete: professions, onPick: (choice) => go(`/metiers/${choice.rome}`) });
  }, { once: true });
  return { title: 'Destination Métier', content: nodes };
}
