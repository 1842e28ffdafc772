// What who receives people does with a request: says yes or no, tells who came.
import { post, inWords } from './api.js';
import { announce, ask, h, note } from './dom.js';

export function hostActions(booking, done) {
  const { name, etag, state, sessionTitle } = booking;
  const problem = h('div', {});
  const run = (path, said, body = {}) => {
    const requestId = crypto.randomUUID();
    return async () => {
      try {
        const changed = await post(path, { etag, ...body }, requestId);
        announce(said);
        await done(changed);
      } catch (error) {
        problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
      }
    };
  };
  const decline = async () => {
    const reason = await ask({ title: 'Refuser cette demande ?', text: 'La place redevient libre. Le jeune reçoit un mail avec d’autres dates possibles.', yes: 'Refuser', reason: { label: 'Un mot pour le jeune (facultatif)', max: 500 } });
    if (reason !== null) await run(`${name}:decline`, 'Demande refusée.', { reason })();
  };
  const cancel = async () => {
    const reason = await ask({ title: 'Annuler cette réservation ?', text: 'Le jeune est prévenu aussitôt.', yes: 'Annuler la réservation', reason: { label: 'Pourquoi ?', hint: 'Le jeune lira ce message.', min: 1, max: 500 } });
    if (reason !== null) await run(`${name}:cancel`, 'Réservation annulée.', { reason })();
  };
  const button = (label, onclick, kind = 'button') => h('button', { class: kind, onclick, 'aria-label': `${label}, ${sessionTitle}` }, label);
  const started = new Date(booking.startTime) <= new Date();
  return h('div', {}, problem, h('div', { class: 'buttons' },
    state === 'STATE_PENDING_HOST' && [button('Accepter', run(`${name}:accept`, 'Demande acceptée.')), button('Refuser', decline, 'button danger')],
    state === 'STATE_CONFIRMED' && !started && button('Annuler', cancel, 'button danger'),
    state === 'STATE_CONFIRMED' && started && [button('Le jeune est venu', run(`${name}:recordAttendance`, 'Présence notée.', { attendance: 'ATTENDANCE_ATTENDED' })), button('Le jeune n’est pas venu', run(`${name}:recordAttendance`, 'Absence notée.', { attendance: 'ATTENDANCE_APPLICANT_ABSENT' }), 'button quiet')]));
}
