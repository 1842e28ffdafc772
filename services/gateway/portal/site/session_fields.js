// The dates of an offer as a host writes them: days and hours of Paris, whatever the clock of the device.
import { h, newId } from './dom.js';
import { field } from './form.js';

const CLOCK = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });

// "2026-12-07T09:00", what clocks in Paris show at that time.
export function clockOf(time) {
  const { year, month, day, hour, minute } = Object.fromEntries(CLOCK.formatToParts(time).map(({ type, value }) => [type, value]));
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

// The instant at which they show that.
export function instantOf(day, hour) {
  const wanted = Date.parse(`${day}T${hour}Z`);
  let at = wanted;
  // A second look, for days on which the clocks change.
  for (let i = 0; i < 2; i += 1) at += wanted - Date.parse(`${clockOf(at)}Z`);
  return new Date(at).toISOString();
}

function newRow(above) {
  const id = newId('date');
  const today = clockOf(Date.now()).slice(0, 10);
  const input = (type, value, more = {}) => h('input', { type, required: true, value, ...more });
  const row = {
    first: field(`${id}-debut`, 'Premier jour', input('date', '', { min: today }), { wrong: 'Choisissez un jour à venir, différent pour chaque date.' }),
    last: field(`${id}-fin`, 'Dernier jour', input('date', '', { min: today }), { wrong: 'La fin vient après le début, 31 jours plus tard au plus.' }),
    from: field(`${id}-de`, 'Heure d’arrivée', input('time', above?.from.control.value || '09:00')),
    until: field(`${id}-a`, 'Heure de départ', input('time', above?.until.control.value || '17:00')),
    seats: field(`${id}-places`, 'Nombre de places', input('number', above?.seats.control.value || '1', { min: 1, max: 500, inputmode: 'numeric' }), { wrong: 'Écrivez un nombre de 1 à 500.' }),
  };
  row.first.control.addEventListener('change', () => {
    row.last.control.min = row.first.control.value || today;
    if (row.last.control.value < row.first.control.value) row.last.control.value = row.first.control.value;
  });
  row.legend = h('legend', {});
  row.remove = h('button', { type: 'button', class: 'as-link' }, 'Retirer cette date');
  row.node = h('fieldset', { class: 'panel' }, row.legend, h('div', { class: 'pair' }, row.first.node, row.last.node, row.from.node, row.until.node, row.seats.node), row.remove);
  return row;
}

// Rows to write dates in: at least `least` of them, `begin` at first.
export function sessionFields({ least = 0, begin = 1 } = {}) {
  let rows = [];
  const list = h('div', {});
  const add = h('button', { type: 'button', class: 'button quiet', onclick: () => append().first.control.focus() }, 'Ajouter une date');
  const error = h('p', { class: 'field-error', id: 'dates-erreur', hidden: true });
  const number = () => rows.forEach((row, i) => {
    row.legend.textContent = `Date ${i + 1}`;
    row.remove.setAttribute('aria-label', `Retirer la date ${i + 1}`);
    row.remove.hidden = rows.length <= least;
  });
  const drop = (row) => {
    rows = rows.filter((one) => one !== row);
    row.node.remove();
    number();
  };
  function append() {
    const row = newRow(rows.at(-1));
    row.remove.addEventListener('click', () => { drop(row); add.focus(); });
    rows.push(row);
    list.append(row.node);
    number();
    return row;
  }
  for (let i = 0; i < begin; i += 1) append();
  return {
    node: h('div', {}, list, error, h('div', { class: 'buttons' }, add)),
    // By the paths of the suite. Its instants are made of a day and an hour: the day bears the mistake.
    fields: () => Object.assign({}, ...rows.map((row, i) => ({
      [`sessions[${i}].start_time`]: row.first, [`sessions[${i}].end_time`]: row.last, [`sessions[${i}].start_hour`]: row.from, [`sessions[${i}].end_hour`]: row.until, [`sessions[${i}].capacity`]: row.seats })),
    { sessions: { control: add, error, wrong: '50 dates au plus.', check: () => '', describedBy: '' } }),
    values: () => rows.map((row) => ({ startTime: instantOf(row.first.control.value, row.from.control.value), endTime: instantOf(row.last.control.value, row.until.control.value), capacity: Number(row.seats.control.value) })),
    // Takes the first one away, once it is kept.
    shift: () => drop(rows[0]),
  };
}
