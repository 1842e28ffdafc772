// The filter "near a town": a commune, its position and a radius, all three in the address.
import { combobox } from './combobox.js';
import { communes } from './completions.js';
import { h, newId } from './dom.js';

const RADII = [5, 10, 20, 30, 50, 100];

export const near = {
  name: 'lieu', kind: 'own', label: 'Près de',
  build(query, change) {
    const [id, radiusId] = [newId('lieu'), newId('rayon')];
    const town = h('input', { id, name: 'lieu', type: 'text', value: query.get('lieu') ?? '', placeholder: 'Flers, Évreux…', autocomplete: 'off' });
    const lat = h('input', { type: 'hidden', name: 'lat', value: query.get('lat') ?? '' });
    const lon = h('input', { type: 'hidden', name: 'lon', value: query.get('lon') ?? '' });
    const radius = h('select', { id: radiusId, name: 'rayon', onchange: () => lat.value !== '' && change() }, RADII.map((km) => h('option', { value: String(km), selected: (query.get('rayon') ?? '30') === String(km) }, `${km} km`)));
    const set = (label, location) => {
      town.value = label;
      [lat.value, lon.value] = location ? [location.latitude.toFixed(3), location.longitude.toFixed(3)] : ['', ''];
      radius.disabled = !location;
      change();
    };
    radius.disabled = lat.value === '';
    const box = h('div', {}, town);
    combobox(town, { complete: communes, onPick: (choice) => set(choice.label, choice.location) });
    town.addEventListener('input', () => { [lat.value, lon.value] = ['', '']; });
    town.addEventListener('change', async () => {
      if (lat.value !== '') return;
      if (town.value.trim() === '') return set('', null);
      const [first] = await communes(town.value.trim()).catch(() => []);
      set(first?.label ?? '', first?.location ?? null);
    });
    return h('div', {}, h('div', { class: 'field' }, h('label', { for: id }, 'Près de quelle ville ?'), box, lat, lon), h('div', { class: 'field' }, h('label', { for: radiusId }, 'À moins de'), radius));
  },
  // The part of a request.
  of: (wanted) => (wanted.get('lat') && wanted.get('lon') ? { lat: wanted.get('lat'), lon: wanted.get('lon'), radiusKm: wanted.get('rayon') ?? '30' } : {}),
};
