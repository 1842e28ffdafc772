// The page of a search: words, filters, results, more results. The address always says what is shown, so
// that it can be kept, sent and gone back to.
import { h, announce, newId, pageHead, note } from './dom.js';
import { inWords } from './api.js';
import { readdress } from './main.js';

// Results that a phone's screen shows at first.
const FEW = 4;
const wide = window.matchMedia('(min-width: 56rem)');

// One filter: {name, label, kind: 'checks' | 'select' | 'switch' | 'dates', options: [[value, label]],
// facet: name of the facet that counts its values}. What a choice of checks lists first is the most frequent.
function checks(filter, query, change) {
  const box = h('fieldset', {}, h('legend', {}, filter.label));
  const rows = new Map();
  const rest = h('details', { class: 'more' }, h('summary', {}, 'Voir plus'));
  const SHOWN = 6;
  filter.options.forEach(([value, label], i) => {
    const id = newId(filter.name);
    const input = h('input', { type: 'checkbox', id, name: filter.name, value, checked: query.getAll(filter.name).includes(value), onchange: change });
    const count = h('span', { class: 'count' });
    const row = h('div', { class: 'choice' }, input, h('label', { for: id }, label), count);
    rows.set(value, { row, count, input });
    (i < SHOWN || filter.options.length <= SHOWN + 2 ? box : rest).append(row);
  });
  if (rest.children.length > 1) box.append(rest);
  if (Array.from(rest.querySelectorAll('input')).some((input) => input.checked)) rest.open = true;
  const setCounts = (facets) => {
    if (!filter.facet || !facets?.[filter.facet]) return;
    for (const [value, { row, count, input }] of rows) {
      const found = facets[filter.facet].find((one) => one.value === value)?.count ?? 0;
      count.textContent = found > 0 ? found.toLocaleString('fr-FR') : '0';
      row.hidden = found === 0 && !input.checked && filter.hideEmpty === true;
    }
  };
  return { node: box, setCounts };
}

function control(filter, query, change) {
  const id = newId(filter.name);
  if (filter.kind === 'checks') return checks(filter, query, change);
  if (filter.kind === 'switch') {
    return { node: h('div', { class: 'choice' }, h('input', { type: 'checkbox', id, name: filter.name, value: 'oui', checked: query.get(filter.name) === 'oui', onchange: change }), h('label', { for: id }, filter.label)) };
  }
  if (filter.kind === 'date') {
    return { node: h('div', { class: 'field' }, h('label', { for: id }, filter.label), h('input', { type: 'date', id, name: filter.name, value: query.get(filter.name) ?? '', onchange: change })) };
  }
  if (filter.kind === 'own') return { node: filter.build(query, change) };
  return { node: h('div', { class: 'field' }, h('label', { for: id }, filter.label),
    h('select', { id, name: filter.name, onchange: change }, filter.options.map(([value, label]) => h('option', { value, selected: (query.get(filter.name) ?? '') === value }, label)))) };
}

// `search(query, pageToken, signal)` gives {items, next, total, facets}. `filters` may be promised: the
// first results do not wait for them.
export async function resultList({ path, title, lead, query, signal, depth, filters: promised, words, search, item, total: inTotal, twoColumns = false, onWords = null, tools = () => [], onItems = () => {}, fixed = [] }) {
  const [filters, firstPage] = await Promise.all([promised, search(new URLSearchParams(query), '', signal)]);
  const id = newId('mots');
  const input = h('input', { id, name: 'q', type: 'search', maxlength: 200, value: query.get('q') ?? '', placeholder: words.example });
  const change = () => update();
  const controls = filters.map((filter) => control(filter, query, change));
  const list = h('ul', { class: `cards${twoColumns ? ' two' : ''}` });
  const head = h('h2', { tabindex: '-1' });
  const more = h('button', { class: 'button quiet', type: 'button', hidden: true, onclick: () => append() }, 'Afficher la suite');
  const problem = h('div', {});
  const chosen = h('ul', { class: 'tags', 'aria-label': 'Filtres choisis' });
  const form = h('form', { action: path, method: 'get', role: 'search', 'aria-label': title });
  const results = h('section', { 'aria-label': 'Résultats' }, h('div', { class: 'result-head' }, head, h('div', { class: 'tools' }, tools(query, change))), chosen, problem, list, h('div', { class: 'buttons' }, more));
  form.append(h('div', { class: 'search-bar' }, h('div', { class: 'grow' }, h('label', { for: id }, words.label), h('div', {}, input)), h('button', { class: 'button' }, 'Chercher')),
    ...fixed.filter((name) => query.has(name)).map((name) => h('input', { type: 'hidden', name, value: query.get(name) })),
    h('div', { class: 'columns' }, h('details', { class: 'filters', open: wide.matches }, h('summary', {}, 'Filtrer'), h('div', {}, controls.map((one) => one.node)), h('p', {}, h('a', { href: path }, 'Effacer les filtres'))), results));
  form.addEventListener('submit', (event) => { event.preventDefault(); event.stopPropagation(); update(true); });
  onWords?.(input);

  let shown = new URLSearchParams(query);
  let next = '';
  let pages = 0;
  let asking = null;
  let rest = [];

  function showRest() {
    list.append(...rest.splice(0, FEW));
    if (rest.length > 0) setTimeout(showRest);
  }

  function wanted() {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === 'string' && value.trim() !== '') values.append(name, value.trim());
    }
    return values;
  }

  function showChosen() {
    const tags = [];
    for (const filter of filters) {
      for (const value of shown.getAll(filter.name)) {
        const label = filter.options?.find(([one]) => one === value)?.[1] ?? (filter.kind === 'switch' ? filter.label : null);
        if (!label) continue;
        tags.push(h('li', {}, h('button', { type: 'button', class: 'tag', 'aria-label': `Retirer le filtre ${label}`, onclick: () => {
          for (const field of form.querySelectorAll(`[name="${filter.name}"]`)) {
            if (field.type === 'checkbox' && field.value === value) field.checked = false;
            else if (field.tagName === 'SELECT') field.value = '';
          }
          update();
          head.focus();
        } }, `${label} `, h('span', { 'aria-hidden': 'true' }, '✕'))));
      }
    }
    chosen.replaceChildren(...tags);
    chosen.hidden = tags.length === 0;
  }

  // `few` of them at first, when somebody opens the page; the rest comes when those are on the screen.
  function showPage(page, first, few = Infinity) {
    if (first) list.replaceChildren();
    else list.append(...rest);
    const items = page.items.map((one) => h('li', {}, item(one, shown)));
    list.append(...items.slice(0, few));
    rest = items.slice(few);
    onItems(page.items, first);
    next = page.next;
    pages = first ? 1 : pages + 1;
    more.hidden = next === '';
    head.textContent = page.total === 0 ? 'Aucun résultat' : inTotal(page.total);
    controls.forEach((one) => one.setCounts?.(page.facets));
    showChosen();
    problem.replaceChildren();
    if (page.total === 0) problem.append(note('', h('p', {}, 'Rien ne correspond à votre recherche. Essayez un autre mot, ou retirez un filtre.'), h('p', {}, h('a', { href: path }, 'Tout afficher'))));
    return items;
  }

  function fail(error) {
    if (error.name === 'AbortError') return;
    problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
  }

  async function update(focus = false) {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    results.setAttribute('aria-busy', 'true');
    const values = wanted();
    try {
      const page = await search(values, '', mine.signal);
      shown = values;
      if (values.toString() !== new URLSearchParams(location.search).toString()) readdress(path + (values.size > 0 ? `?${values}` : ''));
      showPage(page, true);
      announce(head.textContent);
      if (focus) head.focus();
    } catch (error) {
      fail(error);
    } finally {
      if (asking === mine) results.removeAttribute('aria-busy');
    }
  }

  async function append() {
    more.disabled = true;
    try {
      const items = showPage(await search(shown, next, undefined), false);
      items[0]?.querySelector('a')?.focus();
      announce(`${items.length} résultats de plus`);
      // A page that is loaded anew shows as much.
      history.replaceState({ ...history.state, depth: pages }, '');
    } catch (error) {
      fail(error);
    } finally {
      more.disabled = false;
    }
  }

  // Who comes back to a place has to find it.
  showPage(firstPage, true, depth > 1 || history.state?.scroll ? Infinity : FEW);
  while (pages < Math.min(depth, 10) && next !== '') showPage(await search(shown, next, signal), false);
  return { title, content: [pageHead(title, { lead }), h('div', { class: 'wrap' }, form)], ready: () => setTimeout(showRest) };
}
