// Papers and files: an agreement that is signed by a link, and what is kept of somebody.
import assert from 'node:assert/strict';
import { axe, download, heading, open, overflow, picture, says, signIn, withBrowser } from './browser.mjs';

const begins = (file, bytes) => assert.equal(file.bytes.subarray(0, bytes.length).toString('latin1'), bytes, file.name);

// The link of the mail: the paper is read, a code is asked for. No address that a server sees has the token.
export async function signature({ base, pictures, rest: [link] }) {
  const asked = [];
  await withBrowser(base, async (page) => {
    page.on('request', (request) => asked.push(request.url()));
    await open(page, link, 'Signer la convention');
    await says(page, 'Vous signez comme');
    await says(page, 'Claire Martin');
    const paper = await download(page, page.getByRole('button', { name: 'Lire la convention (PDF)' }));
    assert.equal(paper.name, 'convention.pdf');
    begins(paper, '%PDF-');
    assert.ok(paper.bytes.subarray(-16).toString('latin1').includes('%%EOF'), 'the paper is cut');
    assert.deepEqual(await axe(page, 'signature'), []);
    assert.ok(await overflow(page) <= 0);
    await picture(page, pictures, 'signature');
    await page.getByRole('button', { name: 'Recevoir un code' }).click();
    await says(page, /Un code à 6 chiffres vient de partir/);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'code');
    const token = new URL(link).hash.slice(1);
    assert.deepEqual(asked.filter((url) => url.split('#')[0].includes(token)), []);
  }, { width: 320, height: 640 });
}

// With the code of the mail, after a wrong one.
export async function sign({ base, pictures, rest: [link, code] }) {
  await withBrowser(base, async (page) => {
    await open(page, link, 'Signer la convention');
    const wrong = code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
    await page.getByLabel('Le code reçu par mail').fill(wrong);
    await page.getByRole('button', { name: 'Je signe' }).click();
    await page.getByRole('alert').getByText('Ce code n’est pas le bon.').waitFor();
    await page.getByLabel('Le code reçu par mail').fill(code);
    await page.getByRole('button', { name: 'Je signe' }).click();
    await says(page, /^Vous avez signé le/);
    assert.equal(await page.getByRole('button', { name: 'Je signe' }).count(), 0);
    await picture(page, pictures, 'signature-faite');
    await page.reload();
    await says(page, /^Vous avez signé le/);
  }, { allowed: [/400/] });
}

// Everybody who signs in finds a copy of what is kept of them; who books can have it erased.
export async function data({ base, pictures }) {
  const people = [['Responsable légal', 'Mes données personnelles'], ['Accueil du groupe Lemoine', 'Mes données personnelles'], ['Jeanne Lemoine', 'Mes données personnelles'], ['Alix Martin', 'Mes données personnelles'], ['Dominique', 'Mes données']];
  const copyOf = async (page, label) => {
    const file = await download(page, page.getByRole('button', { name: label }));
    assert.match(file.name, /\.zip$/);
    begins(file, 'PK\x03\x04');
    for (const part of ['index.html', 'booking.json', 'notification.json']) assert.ok(file.bytes.includes(part), `${part} is not in ${file.name}`);
  };
  for (const [person, link] of people) {
    await withBrowser(base, async (page) => {
      await signIn(page, person);
      await page.goto('/mon-espace');
      await page.getByRole('main').getByRole('link', { name: link, exact: true }).click();
      await heading(page, 'Mes données');
      await copyOf(page, 'Télécharger mes données');
      if (person === 'Jeanne Lemoine') await copyOf(page, 'Télécharger les données du profil');
      if (person !== 'Dominique') return;
      await picture(page, pictures, 'mes-donnees');
      await page.getByRole('button', { name: 'Effacer mes données' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revenir' }).click();
      await heading(page, 'Mes données');
      await page.getByRole('button', { name: 'Effacer mes données' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Tout effacer' }).click();
      await heading(page, 'Vos données sont effacées');
      assert.deepEqual(await axe(page, 'données effacées'), []);
    });
  }
}
