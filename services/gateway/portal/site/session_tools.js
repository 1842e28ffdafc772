// What a host changes of a date that is proposed. Its start stays: another start is another date.
import { inWords, newWish, patch, post } from './api.js';
import { announce, ask, h, newId, note } from './dom.js';
import { checkedForm, field } from './form.js';
import { period } from './format.js';

export function sessionTools(session, done) {
  const { name, etag } = session;
  const when = period(session.startTime, session.endTime);
  const id = newId('seance');
  const closed = h('input', { type: 'checkbox', id: `${id}-fermee`, checked: session.closed === true });
  const problem = h('div', {});
  const wish = newWish();
  const changed = async (said) => {
    announce(said);
    await done();
  };
  const fields = { capacity: field(`${id}-places`, 'Nombre de places', h('input', { type: 'number', required: true, min: 1, max: 500, inputmode: 'numeric', value: String(session.capacity) }), { wrong: 'Écrivez un nombre de 1 à 500.' }) };
  const form = checkedForm({ fields, button: 'Enregistrer', content: [fields.capacity.node, h('div', { class: 'choice field' }, closed, h('label', { for: closed.id }, 'Ne plus prendre de demande pour cette date'))],
    send: () => {
      const body = { capacity: Number(fields.capacity.control.value), closed: closed.checked, etag };
      return patch(name, body, { updateMask: 'capacity,closed' }, wish(body));
    },
    done: () => changed('Date enregistrée.') });
  const cancel = async () => {
    const reason = await ask({ title: 'Annuler cette date ?', text: 'Toutes ses réservations sont annulées et chacun est prévenu. On ne peut pas revenir en arrière.', yes: 'Annuler la date', reason: { label: 'Pourquoi ? (facultatif)', hint: 'Seule l’agence lit ce message.', max: 500 } });
    if (reason === null) return;
    try {
      await post(`${name}:cancel`, { reason });
      await changed('Date annulée.');
    } catch (error) {
      problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
    }
  };
  return h('details', { class: 'session-tools' }, h('summary', { 'aria-label': `Modifier, ${when}` }, 'Modifier'), form, problem, h('button', { type: 'button', class: 'as-link', 'aria-label': `Annuler cette date, ${when}`, onclick: cancel }, 'Annuler cette date'));
}
