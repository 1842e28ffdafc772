// For who has a link and no account. The token stays in the fragment: no server sees it in an address.
import { post, inWords } from '../api.js';
import { ask, h, note, pageHead } from '../dom.js';
import { date, moment, period, SCHEMES } from '../format.js';

const token = () => decodeURIComponent(location.hash.slice(1));
const title = 'Votre accord de responsable légal';

function decided(request, show) {
  const words = { STATE_GIVEN: ['good', 'Vous avez donné votre accord.'], STATE_REFUSED: ['', 'Vous avez refusé. La réservation est annulée.'], STATE_WITHDRAWN: ['', 'Vous avez retiré votre accord. Ce qui en dépendait est annulé.'] };
  const [kind, text] = words[request.state];
  const problem = h('div', {});
  const revoke = async () => {
    if (await ask({ title: 'Retirer votre accord ?', text: 'Les réservations qui en dépendent sont annulées. Ce lien ne servira plus.', yes: 'Retirer mon accord' }) === null) return;
    try {
      show(await post('consentRequests:revoke', { token: token() }));
    } catch (error) {
      problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
    }
  };
  return [note(kind, h('p', { role: 'status' }, text), request.until && h('p', {}, `Il est valable jusqu’au ${date(request.until)}.`)),
    request.state === 'STATE_GIVEN' && [h('p', {}, 'Gardez le message reçu : le même lien permet de retirer votre accord à tout moment.'), problem, h('div', { class: 'buttons' }, h('button', { class: 'button danger', onclick: revoke }, 'Retirer mon accord'))]];
}

function question(request, show) {
  const problem = h('div', {});
  const run = async (method, body) => {
    try {
      show(await post(`consentRequests:${method}`, { token: token(), ...body }));
    } catch (error) {
      problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
    }
  };
  const form = h('form', { onsubmit: (event) => {
    event.preventDefault();
    const choice = request.choices[Number(new FormData(form).get('choix'))];
    run('give', { scope: choice.scope, textHash: choice.textHash });
  } },
  h('fieldset', {}, h('legend', {}, h('h2', {}, 'À quoi consentez-vous ?')), request.choices.map((choice, i) => h('div', { class: 'choice panel' }, h('input', { type: 'radio', name: 'choix', id: `choix-${i}`, value: String(i), required: true, checked: i === 0 }), h('label', { for: `choix-${i}` }, choice.text)))),
  problem, h('div', { class: 'buttons' }, h('button', { class: 'button' }, 'Je donne mon accord'),
    h('button', { class: 'button danger', type: 'button', onclick: async () => { if (await ask({ title: 'Refuser ?', text: 'La réservation sera annulée et la place proposée à quelqu’un d’autre.', yes: 'Je refuse' }) !== null) run('refuse', {}); } }, 'Je refuse')));
  return [request.expireTime && h('p', {}, `Vous pouvez répondre jusqu’au ${moment(request.expireTime)}.`), form];
}

// What is kept of the guardian goes; whoever needs one then names somebody else.
function erasure(show) {
  const problem = h('div', {});
  const erase = async () => {
    if (await ask({ title: 'Effacer vos données ?', text: 'Votre nom et votre adresse sont effacés, vos accords sont retirés et les réservations qui en dépendent sont annulées. Le lien ne servira plus.', yes: 'Tout effacer' }) === null) return;
    try {
      await post('consentRequests:eraseGuardian', { token: token() });
      show();
    } catch (error) {
      problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
    }
  };
  return h('details', {}, h('summary', {}, 'Vos données personnelles'), h('p', {}, 'Nous gardons le nom et l’adresse mail que le jeune a donnés pour vous joindre, et ce que vous avez répondu.'), problem, h('div', { class: 'buttons' }, h('button', { class: 'button danger', onclick: erase }, 'Effacer mes données')));
}

export async function show({ signal }) {
  if (token() === '') {
    return { title, content: [pageHead(title), h('div', { class: 'wrap narrow' }, note('wait', h('p', {}, 'Ouvrez cette page par le lien du message que vous avez reçu.')))] };
  }
  const request = await post('consentRequests:lookup', { token: token() });
  if (signal.aborted) return { title, content: [] };
  const body = h('div', {});
  const draw = (now) => {
    body.replaceChildren(...[
      h('section', { class: 'panel' }, h('h2', {}, now.sessionTitle), h('dl', { class: 'sheet' }, h('dt', {}, 'Quand'), h('dd', {}, period(now.startTime, now.endTime)), h('dt', {}, 'Cadre'), h('dd', {}, SCHEMES[now.scheme] ?? ''))),
      now.state === 'STATE_UNSPECIFIED' ? question(now, draw) : decided(now, draw),
      // A link that was refused or taken back is dead.
      ['STATE_UNSPECIFIED', 'STATE_GIVEN'].includes(now.state) && erasure(gone)].flat(Infinity).filter(Boolean));
  };
  const gone = () => body.replaceChildren(note('good', h('p', { role: 'status' }, 'Vos données sont effacées. Les réservations qui dépendaient de votre accord sont annulées.')));
  draw(request);
  return { title, content: [pageHead(title, { lead: 'Un jeune dont vous êtes responsable souhaite participer à cette activité.' }), h('div', { class: 'wrap narrow' }, body)] };
}
