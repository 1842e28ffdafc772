// The life of an offer as its company and its agency meet it.
import assert from 'node:assert/strict';
import { axe, cards, heading, idOfFocus, open, picture, says, signIn, until, withBrowser } from './browser.mjs';

const TITLE = 'Une journée à la maintenance des cardeuses';
const HOST = 'Accueil du groupe Lemoine';
// A day so far ahead that nobody of the demonstration is booked, as a date field takes it.
const ahead = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const mistakes = (page) => page.locator('.field-error:visible').allInnerTexts();
const button = (page, name) => page.getByRole('button', { name, exact: true });

// Everything that is wrong is said at its field, at once, and the focus is on the first.
async function makeMistakes(page, pictures) {
  await button(page, 'Enregistrer le brouillon').click();
  assert.deepEqual(await mistakes(page), ['Ce champ est nécessaire.', 'Ce champ est nécessaire.', 'Ce champ est nécessaire.']);
  assert.equal(await idOfFocus(page), 'titre');
  assert.equal(await page.getByLabel('Titre').getAttribute('aria-invalid'), 'true');

  await page.getByLabel('Titre').fill(TITLE);
  await page.getByLabel('Métier', { exact: true }).fill('mainten');
  await page.getByLabel('Premier jour', { exact: true }).fill(ahead(60));
  await page.getByLabel('Heure d’arrivée').fill('16:00');
  await page.getByLabel('Heure de départ').fill('09:00');
  await button(page, 'Enregistrer le brouillon').click();
  assert.deepEqual(await mistakes(page), ['Choisissez un métier dans la liste qui s’affiche quand vous écrivez.']);

  // What only the suite knows to be wrong is said at the fields too.
  await page.getByLabel('Métier', { exact: true }).fill('');
  await page.getByLabel('Métier', { exact: true }).pressSequentially('mainten', { delay: 20 });
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await button(page, 'Enregistrer le brouillon').click();
  await until('the suite refuses the end', async () => (await mistakes(page)).includes('La fin vient après le début, 31 jours plus tard au plus.'));
  assert.match(await idOfFocus(page), /-fin$/);
  assert.deepEqual(await axe(page, 'nouvelle offre, refusée'), []);
  await picture(page, pictures, 'nouvelle-offre-refusee');
  await page.getByLabel('Heure d’arrivée').fill('09:00');
  await page.getByLabel('Heure de départ').fill('16:30');
}

// From the first word to the agency's door; the address of the offer.
async function propose(page, pictures) {
  await signIn(page, HOST);
  await page.getByRole('link', { name: 'Espace entreprise' }).click();
  await page.getByRole('link', { name: 'Proposer une offre' }).click();
  await heading(page, 'Nouvelle offre');
  await makeMistakes(page, pictures);
  await page.getByLabel('Ce que le jeune va faire').fill('Trop court.');
  await button(page, 'Ajouter une date').click();
  // A new date begins with the hours of the one above it.
  assert.equal(await page.getByLabel('Heure de départ').last().inputValue(), '16:30');
  await page.getByRole('button', { name: 'Retirer la date 2' }).click();
  await button(page, 'Enregistrer le brouillon').click();
  await heading(page, TITLE);
  const address = new URL(page.url()).pathname;
  await says(page, 'Pourquoi cette offre n’est pas visible');
  await says(page, 'Cette offre est un brouillon.');
  // Written as hours of Paris, in a browser that is elsewhere.
  await says(page, /de 9 h à 16 h 30$/);
  await says(page, '1 place libre sur 1');

  // What it lacks for the agency is shown where it is written.
  await button(page, 'Envoyer à l’agence').click();
  await heading(page, 'Modifier l’offre');
  await says(page, 'Il manque une description d\'au moins 30 caractères.');
  assert.deepEqual(await mistakes(page), ['Il manque une description d\'au moins 30 caractères.', 'Il manque au moins un public.']);
  assert.equal(await idOfFocus(page), 'texte');
  await picture(page, pictures, 'offre-incomplete');
  await page.getByLabel('Ce que le jeune va faire').fill('Vous suivez l’équipe qui démonte, nettoie et règle les machines qui peignent le coton.');
  await page.getByLabel('Élèves de 3e').check();
  await page.getByLabel('Étudiants').check();
  await button(page, 'Enregistrer et envoyer à l’agence').click();
  await heading(page, TITLE);
  await says(page, 'Attend l’agence');
  await says(page, 'Cette offre attend la réponse de l\'agence.');
  return address;
}

async function approve(page) {
  await signIn(page, 'Alix Martin');
  await page.getByRole('link', { name: 'Espace agence' }).click();
  await page.getByRole('link', { name: TITLE }).click();
  await heading(page, TITLE);
  await button(page, 'Publier').click();
  await says(page, 'Publiée');
}

// In the search within a second, with its date.
async function find(page) {
  await until('the offer is found', async () => {
    await open(page, `/mini-stages?q=${encodeURIComponent(TITLE)}`, 'Trouver un mini-stage');
    return await cards(page).getByRole('link', { name: TITLE }).count() > 0;
  });
  await page.getByRole('link', { name: TITLE }).click();
  await heading(page, TITLE);
  await page.getByRole('link', { name: /^Réserver, .* de 9 h à 16 h 30$/ }).waitFor();
}

// More seats, the same offer for another day, and the end of the first one.
async function carryOn(page, pictures, address) {
  await signIn(page, HOST);
  await open(page, address, TITLE);
  await page.getByText('Modifier', { exact: true }).last().click();
  await page.getByLabel('Nombre de places').fill('0');
  await button(page, 'Enregistrer').click();
  assert.deepEqual(await mistakes(page), ['Écrivez un nombre de 1 à 500.']);
  await page.getByLabel('Nombre de places').fill('3');
  await button(page, 'Enregistrer').click();
  await until('three seats', async () => {
    await open(page, address, TITLE);
    return await page.getByText('3 places libres sur 3').count() > 0;
  });
  await picture(page, pictures, 'mon-offre-publiee');

  await page.getByRole('link', { name: 'Dupliquer' }).click();
  await heading(page, 'Proposer de nouvelles dates');
  await page.getByLabel('Premier jour', { exact: true }).fill(ahead(90));
  assert.equal(await page.getByLabel('Dernier jour', { exact: true }).inputValue(), ahead(90));
  await button(page, 'Créer le brouillon').click();
  await heading(page, TITLE);
  assert.notEqual(new URL(page.url()).pathname, address);
  await says(page, 'Cette offre est un brouillon.');

  await open(page, address, TITLE);
  await button(page, 'Archiver').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revenir' }).click();
  await says(page, 'Publiée');
  await button(page, 'Archiver').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archiver' }).click();
  await says(page, 'Archivée');
  await says(page, 'Dupliquez-la vers de nouvelles dates.');
}

export async function offer({ base, pictures }) {
  // What the suite refuses on the way, Chromium logs.
  const refused = { allowed: [/400/] };
  let address = '';
  await withBrowser(base, async (page) => { address = await propose(page, pictures); }, refused);
  await withBrowser(base, approve, refused);
  await withBrowser(base, find);
  await withBrowser(base, (page) => carryOn(page, pictures, address), refused);
}
