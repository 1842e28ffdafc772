// What the fields of the portal can be completed with.
import { get, idOf } from './api.js';
import { DEPARTMENTS } from './format.js';

export const professions = async (query, signal) => {
  const { suggestions } = await get('professions:suggest', { query, limit: 7 }, signal);
  return suggestions.map((one) => ({ text: one.text, highlights: one.highlights, rome: idOf(one.profession) }));
};

export const communes = async (query, signal) => {
  const answer = await get('communes', { query, pageSize: 7 }, signal);
  return answer.communes.map((one) => ({ text: `${one.displayName} (${one.departmentDisplayName || DEPARTMENTS[one.department] || one.department})`, code: idOf(one.name), location: one.location, label: one.displayName }));
};

export const schools = async (query, signal) => {
  const answer = await get('schools', { query, pageSize: 7 }, signal);
  return answer.schools.map((one) => ({ text: `${one.displayName}, ${one.place?.commune ?? ''}`, code: idOf(one.name) }));
};
