// For who has a mail and no account. The token is in the path, where a mail program that stops mails by
// itself needs it. Nothing is changed before the button: whoever scans mails opens their links.
import { post, inWords } from '../api.js';
import { h, note, pageHead } from '../dom.js';
import { date } from '../format.js';

const title = 'Vos messages';

function outcome(choice) {
  if (choice.stopped) return note('good', h('p', { role: 'status' }, `C’est fait : vous ne recevrez plus ce type de message (${choice.description}).`));
  return note('good', h('p', { role: 'status' }, `C’est fait : vous recevrez de nouveau ce type de message (${choice.description}).`));
}

function question(choice) {
  return choice.stopped
    ? h('p', {}, 'Vous ne recevez plus ce type de message : ', h('strong', {}, choice.description), '.')
    : [h('p', {}, 'Vous pouvez ne plus recevoir ce type de message : ', h('strong', {}, choice.description), '.'),
      h('p', {}, 'Les autres messages continuent d’arriver, en particulier ce qui est nécessaire à vos réservations et à vos offres : confirmations, annulations, accords et signatures.')];
}

export async function show({ params: [token], signal }) {
  const choice = await post('mailChoices:lookup', { token });
  if (signal.aborted) return { title, content: [] };
  const body = h('div', { class: 'wrap narrow' });
  const draw = (now, done = null) => {
    const problem = h('div', {});
    const button = h('button', { class: now.stopped ? 'button quiet' : 'button', onclick: async () => {
      button.disabled = true;
      try {
        const changed = await post(`mailChoices:${now.stopped ? 'resume' : 'stop'}`, { token });
        draw(changed, outcome(changed));
        body.querySelector('button').focus();
      } catch (error) {
        button.disabled = false;
        problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
      }
    } }, now.stopped ? 'Les recevoir de nouveau' : 'Ne plus les recevoir');
    body.replaceChildren(...[done ?? question(now), problem, h('div', { class: 'buttons' }, button),
      h('p', {}, `Ce lien permet de changer d’avis jusqu’au ${date(now.expireTime)}.`)].flat());
  };
  draw(choice);
  return { title, content: [pageHead(title), body] };
}
