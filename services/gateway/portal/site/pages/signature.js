// Signing an agreement by a link: read the paper, ask for a code, write it down.
import { post, postFile, inWords } from '../api.js';
import { announce, h, note, pageHead } from '../dom.js';
import { save } from '../files.js';
import { moment, period } from '../format.js';

const token = () => decodeURIComponent(location.hash.slice(1));
const title = 'Signer la convention';

export async function show({ signal }) {
  if (token() === '') {
    return { title, content: [pageHead(title), h('div', { class: 'wrap narrow' }, note('wait', h('p', {}, 'Ouvrez cette page par le lien du message que vous avez reçu.')))] };
  }
  const request = await post('signatures:lookup', { token: token() });
  if (signal.aborted) return { title, content: [] };
  const body = h('div', {});

  const draw = (now, saying = null) => {
    const problem = h('div', {});
    const fail = (error) => problem.replaceChildren(note('bad', h('p', { role: 'alert' }, inWords(error))));
    const signed = Boolean(now.signTime);
    const canSign = !signed && now.state === 'STATE_SIGNING';
    const open = async () => {
      try {
        save(await postFile('signatures:document', { token: token() }), 'convention.pdf');
      } catch (error) { fail(error); }
    };
    const code = h('input', { id: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', pattern: '[0-9]{6}', maxlength: 6, required: true });
    const ask = async () => {
      try {
        const sent = await post('signatures:requestCode', { token: token() });
        draw(now, `Un code à 6 chiffres vient de partir${sent.sentTo ? ` à ${sent.sentTo}` : ' par mail'}. Il est valable dix minutes.`);
        document.getElementById('code')?.focus();
      } catch (error) { fail(error); }
    };
    const form = h('form', { onsubmit: async (event) => {
      event.preventDefault();
      try {
        draw(await post('signatures:sign', { token: token(), code: code.value, documentHash: now.documentHash }));
        announce('Signature enregistrée.');
      } catch (error) { fail(error); }
    } }, h('div', { class: 'field' }, h('label', { for: 'code' }, 'Le code reçu par mail'), h('p', { class: 'hint' }, '6 chiffres'), code), h('div', { class: 'buttons' }, h('button', { class: 'button' }, 'Je signe')));
    body.replaceChildren(...[
      saying && note('good', h('p', { role: 'status' }, saying)),
      h('section', { class: 'panel' }, h('h2', {}, now.sessionTitle), h('dl', { class: 'sheet' }, h('dt', {}, 'Quand'), h('dd', {}, period(now.startTime, now.endTime)), h('dt', {}, 'Le jeune'), h('dd', {}, now.applicantName), h('dt', {}, 'L’entreprise'), h('dd', {}, now.hostName), h('dt', {}, 'Vous signez comme'), h('dd', {}, now.displayName)),
        h('div', { class: 'buttons' }, h('button', { class: 'button quiet', onclick: open }, 'Lire la convention (PDF)'))),
      problem,
      signed && note('good', h('p', {}, `Vous avez signé le ${moment(now.signTime)}.`)),
      !signed && !canSign && note('wait', h('p', {}, 'Cette convention n’attend plus de signature.')),
      canSign && h('section', { class: 'panel' }, h('h2', {}, 'Signer'), h('p', {}, 'Lisez d’abord la convention. Demandez ensuite un code : il prouve que c’est bien vous.'), h('div', { class: 'buttons' }, h('button', { class: 'button quiet', onclick: ask }, 'Recevoir un code')), form)].filter(Boolean));
  };
  draw(request);
  return { title, content: [pageHead(title), h('div', { class: 'wrap narrow' }, body)] };
}
