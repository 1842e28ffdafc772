// Codes and instants as people say them, in French and in the time of Paris.

// One formatter for all: a phone takes its time to make each.
const PARIS = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

// {weekday: 'lundi', day: '1er', month: 'juin', year: '2026', hour: '9 h 05'}
function inParis(time) {
  const { weekday, day: number, month, year, hour, minute } = Object.fromEntries(PARIS.formatToParts(new Date(time)).map(({ type, value }) => [type, value]));
  // Nobody says "le 1 janvier".
  return { weekday, day: number === '1' ? '1er' : number, month, year, hour: `${Number(hour)} h${minute === '00' ? '' : ` ${minute}`}` };
}

const dayOf = ({ weekday, day: number, month }) => `${weekday} ${number} ${month}`;
export const day = (time) => dayOf(inParis(time));
export const date = (time) => {
  const { day: number, month, year } = inParis(time);
  return `${number} ${month} ${year}`;
};
export const moment = (time) => `${day(time)} à ${inParis(time).hour}`;

// "du lundi 7 au vendredi 11 décembre, 9 h à 17 h"
export function period(start, end) {
  const [from, to] = [inParis(start), inParis(end)];
  const hours = `de ${from.hour} à ${to.hour}`;
  const sameMonth = from.month === to.month && from.year === to.year;
  if (sameMonth && from.day === to.day) return `${dayOf(from)}, ${hours}`;
  return `du ${sameMonth ? `${from.weekday} ${from.day}` : dayOf(from)} au ${dayOf(to)}, ${hours}`;
}

export const plural = (count, one, many) => `${count.toLocaleString('fr-FR')} ${count > 1 ? many : one}`;
export const seats = (count) => (count > 0 ? plural(count, 'place libre', 'places libres') : 'Complet');

export const DEPARTMENTS = { 14: 'Calvados', 27: 'Eure', 50: 'Manche', 61: 'Orne', 76: 'Seine-Maritime' };
export const AUDIENCES = {
  AUDIENCE_QUATRIEME: 'Élèves de 4e', AUDIENCE_TROISIEME: 'Élèves de 3e', AUDIENCE_SECONDE: 'Élèves de 2de', AUDIENCE_LYCEE: 'Lycéens (1re, terminale)',
  AUDIENCE_STUDENT: 'Étudiants', AUDIENCE_APPRENTICE: 'Futurs apprentis', AUDIENCE_ADULT: 'Adultes',
};
export const LEVELS = {
  AUDIENCE_QUATRIEME: 'En 4e', AUDIENCE_TROISIEME: 'En 3e', AUDIENCE_SECONDE: 'En 2de', AUDIENCE_LYCEE: 'En 1re ou terminale',
  AUDIENCE_STUDENT: 'En études supérieures', AUDIENCE_APPRENTICE: 'À la recherche d’un apprentissage', AUDIENCE_ADULT: 'Adulte (emploi, reconversion)',
};
export const FORMATS = { MEETING_FORMAT_ON_SITE: 'Sur place', MEETING_FORMAT_PHONE: 'Par téléphone', MEETING_FORMAT_VIDEO: 'En visio' };
export const ACCESSIBILITY = { ACCESSIBILITY_FULL: 'Accessible en fauteuil roulant', ACCESSIBILITY_PARTIAL: 'Accessible en partie, à voir avec l’entreprise', ACCESSIBILITY_NONE: 'Pas accessible en fauteuil roulant' };
export const WORK_MODES = { WORK_MODE_ON_SITE: 'Sur place', WORK_MODE_REMOTE: 'À distance', WORK_MODE_HYBRID: 'En partie à distance' };
export const SCHEMES = {
  SCHEME_MINI_STAGE_CCI: 'Mini-stage (chambre de commerce et d’industrie)', SCHEME_MINI_STAGE_CMA: 'Mini-stage (chambre de métiers et de l’artisanat)',
  SCHEME_MINI_STAGE_AGRICULTURE: 'Mini-stage (chambre d’agriculture)', SCHEME_SCHOOL_OBSERVATION: 'Séquence d’observation',
  SCHEME_ADULT_IMMERSION: 'Immersion d’adulte en entreprise', SCHEME_INFORMATION_VISIT: 'Visite d’information', SCHEME_MEETING: 'Rencontre',
};
export const STATES = {
  STATE_WAITLISTED: ['En liste d’attente', 'wait'], STATE_OFFERED: ['Une place vous est proposée', 'wait'],
  STATE_PENDING_CONSENT: ['Attend l’accord du responsable légal', 'wait'], STATE_PENDING_HOST: ['Attend la réponse de l’entreprise', 'wait'],
  STATE_CONFIRMED: ['Confirmée', 'good'], STATE_COMPLETED: ['Terminée', 'good'], STATE_NO_SHOW: ['Absence', 'bad'],
  STATE_DECLINED: ['Refusée', 'bad'], STATE_CANCELLED: ['Annulée', 'bad'], STATE_EXPIRED: ['Sans réponse à temps', 'bad'],
};
export const OFFER_STATES = {
  STATE_DRAFT: ['Brouillon', 'plain'], STATE_SUBMITTED: ['Attend l’agence', 'wait'], STATE_PUBLISHED: ['Publiée', 'good'],
  STATE_SUSPENDED: ['Retirée', 'bad'], STATE_ARCHIVED: ['Archivée', 'plain'],
};

export const place = (where) => {
  if (!where) return '';
  const department = DEPARTMENTS[where.department];
  return where.commune ? `${where.commune}${department ? ` (${department})` : ''}` : department ?? '';
};
export const address = (where) => [where?.street, [where?.postalCode, where?.commune].filter(Boolean).join(' ')].filter(Boolean).join(', ');
export const distance = (km) => (km === undefined || km === null ? '' : km < 1 ? 'à moins de 1 km' : `à ${Math.round(km)} km`);

const RIASEC = { R: 'concret', I: 'curieux', A: 'créatif', S: 'tourné vers les autres', E: 'entreprenant', C: 'organisé' };
export const riasec = (letters) => Array.from(letters ?? '').map((letter) => RIASEC[letter]).filter(Boolean).join(', ');
