// The map is loaded when somebody opens it, and shows what the list shows.
import { idOf } from './api.js';
import { h } from './dom.js';
import { place } from './format.js';

const { assets, mapTiles, mapAttribution } = document.documentElement.dataset;
// Normandie.
const START = [[48.2, -1.9], [50.1, 1.8]];

function load(tag, attributes) {
  return new Promise((resolve, reject) => {
    document.head.append(h(tag, { ...attributes, onload: resolve, onerror: () => reject(new Error('not loaded')) }));
  });
}

export async function openMap(box) {
  const frame = h('div', { class: 'map', role: 'region', 'aria-label': 'Carte des offres' });
  box.replaceChildren(frame);
  if (!window.L) {
    await Promise.all([load('link', { rel: 'stylesheet', href: `${assets}/leaflet/leaflet.css` }), load('script', { src: `${assets}/leaflet/leaflet.js` })]);
  }
  const { L } = window;
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = L.map(frame, { attributionControl: mapAttribution !== '', zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, keyboard: true });
  map.fitBounds(START);
  map.zoomControl.remove();
  L.control.zoom({ zoomInTitle: 'Agrandir', zoomOutTitle: 'Réduire' }).addTo(map);
  map.attributionControl?.setPrefix('');
  if (mapTiles !== '') L.tileLayer(mapTiles, { attribution: mapAttribution, maxZoom: 18 }).addTo(map);
  const icon = L.icon({ iconUrl: `${assets}/marker.svg`, iconSize: [30, 40], iconAnchor: [15, 39], popupAnchor: [0, -34] });
  const layer = L.layerGroup().addTo(map);

  // Who opens a place is in its list at once, and back at the place when it is closed.
  const followFocus = (marker) => {
    marker.on('popupopen', ({ popup }) => {
      const box = popup.getElement();
      box.querySelector('.leaflet-popup-close-button')?.setAttribute('aria-label', 'Fermer');
      box.querySelector('.leaflet-popup-content a').focus({ preventScroll: true });
    });
    marker.on('popupclose', ({ popup }) => {
      const { activeElement } = document;
      if (activeElement === document.body || popup.getElement()?.contains(activeElement)) marker.getElement()?.focus({ preventScroll: true });
    });
    return marker;
  };
  // As wide as a narrow phone lets it be.
  const popup = { maxWidth: Math.min(300, frame.clientWidth - 60), maxHeight: 230 };
  // Leaflet listens only while the map itself has the focus.
  frame.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') map.closePopup();
  });

  return {
    show(offers) {
      layer.clearLayers();
      const places = new Map();
      for (const offer of offers) {
        const { latitude, longitude } = offer.place?.location ?? {};
        if (latitude === undefined) continue;
        const key = `${latitude.toFixed(4)},${longitude.toFixed(4)}`;
        places.set(key, [...(places.get(key) ?? []), offer]);
      }
      for (const here of places.values()) {
        const { latitude, longitude } = here[0].place.location;
        const title = here.length > 1 ? `${here.length} offres à ${place(here[0].place)}` : `${here[0].title}, ${here[0].companyDisplayName}`;
        followFocus(L.marker([latitude, longitude], { icon, title, alt: title, keyboard: true })).addTo(layer)
          .bindPopup(h('div', {}, h('strong', {}, place(here[0].place)), h('ul', {}, here.map((offer) => h('li', {}, h('a', { href: `/mini-stages/${idOf(offer.name)}` }, offer.title), `, ${offer.companyDisplayName}`)))), popup);
      }
      map.invalidateSize();
      if (places.size > 0) map.fitBounds([...places.values()].map(([one]) => [one.place.location.latitude, one.place.location.longitude]), { padding: [30, 30], maxZoom: 12, animate: !calm });
    },
  };
}
