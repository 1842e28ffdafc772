// node scenario.mjs NAME BASE PICTURES [ARGUMENT…]: what somebody does in the portal, in a real browser.
import assert from 'node:assert/strict';
import { axe, cards, heading, open, overflow, picture, says, signIn, signOut, withBrowser } from './browser.mjs';
import { map } from './map_scenario.mjs';
import { offer } from './offer_scenario.mjs';
import { data, sign, signature } from './paper_scenarios.mjs';

const [name, base, pictures, ...rest] = process.argv.slice(2);
const seen = (page) => page.evaluate(() => Math.round(window.scrollY));

// The first date of an offer that the young person can ask for: its booking page.
async function firstFreeDate(page, search, { button = /Demander cette place/ } = {}) {
  await open(page, search, /mini-stage/i);
  await page.waitForFunction(() => document.querySelectorAll('ul.cards > li').length === Math.min(20, parseInt(document.querySelector('.result-head h2').textContent, 10)));
  const offers = await cards(page).locator('h3 a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  for (const offer of offers) {
    await page.goto(offer);
    await page.getByRole('heading', { name: 'Dates et places' }).waitFor();
    const dates = await page.getByRole('link', { name: /^Réserver/ }).evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    for (const date of dates) {
      await open(page, date, 'Réserver');
      if (await page.getByRole('button', { name: button }).count() > 0) return date;
    }
  }
  throw new Error('no date can be asked for');
}

const scenarios = {
  data, map, offer, sign, signature,

  // The page about the API: found by a word, opened, read to the bottom of a message; by its address too.
  async docs() {
    await withBrowser(base, async (page) => {
      await open(page, '/docs', /the API/);
      const methods = page.locator('main section > details:not([hidden])');
      await methods.first().waitFor();
      assert.ok(await methods.count() > 50);
      await page.getByLabel('Show methods with').fill('post checkeligibility');
      assert.equal(await methods.count(), 1);
      await methods.locator('summary').first().click();
      await methods.getByText('session', { exact: true }).first().waitFor();
      await methods.getByText('200: The answer.').click();
      await methods.getByText('findings', { exact: true }).first().waitFor();
      assert.ok(await overflow(page) <= 0);
      assert.deepEqual(await axe(page, 'docs'), []);
      await picture(page, pictures, 'docs');
      await page.goto('/docs#BookingService_CreateBooking');
      await page.reload();
      await page.locator('#BookingService_CreateBooking[open]').waitFor();
    }, { width: 360, height: 800 });
  },

  // Three doors, each by its own search, and the way back.
  async doors() {
    await withBrowser(base, async (page) => {
      await open(page, '/', /Trouvez votre voie/);
      assert.equal(await page.title(), 'Destination Métier');

      await page.getByLabel('Un métier, une envie, un mot').pressSequentially('boulang', { delay: 20 });
      await page.waitForFunction(() => /^Boulang/.test(document.querySelector('[role=option]')?.innerText ?? ''));
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await heading(page, /Boulanger/);
      assert.match(page.url(), /\/metiers\/D1102$/);
      assert.match(await page.title(), /Boulanger.* – Destination Métier/);
      assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
      await page.getByRole('heading', { name: 'En quoi ça consiste ?' }).waitFor();

      await page.goBack();
      await heading(page, /Trouvez votre voie/);
      await page.getByLabel('Un nom, un métier, une entreprise').fill('Lemoine');
      await page.keyboard.press('Enter');
      await heading(page, /ambassadeur/);
      await page.getByRole('link', { name: 'Jeanne Lemoine' }).click();
      await heading(page, 'Jeanne Lemoine');
      assert.ok(await page.getByRole('link', { name: /^Réserver/ }).count() > 0, 'no free slot');

      await page.getByRole('link', { name: 'Destination Métier' }).click();
      await page.getByLabel('Votre département').selectOption('61');
      await page.getByRole('search', { name: 'Chercher un mini-stage' }).getByRole('button').click();
      await page.getByRole('heading', { name: /^\d+ mini-stages$/ }).waitFor();
      assert.match(page.url(), /\/mini-stages\?dep=61$/);
      await page.waitForFunction(() => document.querySelectorAll('ul.cards > li').length === 20);
      await page.getByRole('button', { name: 'Afficher la suite' }).click();
      await page.waitForFunction(() => document.querySelectorAll('ul.cards > li').length === 40);

      // The place is kept.
      const offer = cards(page).nth(30).locator('h3 a');
      await offer.scrollIntoViewIfNeeded();
      const title = await offer.innerText();
      const place = await seen(page);
      await offer.click();
      await heading(page, title);
      assert.equal(await seen(page), 0);
      await page.goBack();
      await heading(page, 'Trouver un mini-stage');
      assert.equal(await cards(page).count(), 40);
      assert.ok(Math.abs(await seen(page) - place) < 50, 'the place was lost');

      // So it is when the page is loaded anew.
      await page.reload();
      await page.waitForFunction(() => document.querySelectorAll('ul.cards > li').length === 40);

      // Filters show in the address, and are taken back one by one.
      await page.getByLabel('Avec des places libres').check();
      await page.waitForURL(/libre=oui/);
      await page.getByRole('button', { name: 'Retirer le filtre Orne' }).click();
      await page.waitForURL((url) => !url.search.includes('dep='));
      await page.goBack();
      await page.waitForURL(/dep=61/);
      await page.getByRole('button', { name: 'Retirer le filtre Orne' }).waitFor();

      await page.getByRole('button', { name: 'Voir la carte' }).click();
      await page.locator('.leaflet-marker-icon').first().waitFor();
      assert.ok(await page.locator('.leaflet-marker-icon').count() > 3);
      await picture(page, pictures, 'carte');
    });
  },

  // Nothing but the keyboard, and where one is can be seen.
  async keyboard() {
    await withBrowser(base, async (page) => {
      await open(page, '/', /Trouvez votre voie/);
      const active = () => page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        return { text: document.activeElement.innerText?.trim() || document.activeElement.id, shown: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
      });
      const tabTo = async (wanted) => {
        for (let i = 0; i < 100; i += 1) {
          await page.keyboard.press('Tab');
          const { text, shown } = await active();
          assert.ok(shown, `the focus on "${text}" cannot be seen`);
          if (wanted.test(text)) return;
        }
        assert.fail(`${wanted} is out of reach`);
      };
      await page.keyboard.press('Tab');
      assert.equal((await active()).text, 'Aller au contenu');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'contenu');
      await tabTo(/^Voir tous les mini-stages$/);
      await page.keyboard.press('Enter');
      await heading(page, 'Trouver un mini-stage');
      await page.waitForFunction(() => document.activeElement.tagName === 'H1');
      await tabTo(/^dep-/);
      await page.keyboard.press('Space');
      await page.waitForURL(/dep=14/);
      await page.getByRole('button', { name: 'Retirer le filtre Calvados' }).waitFor();
      const first = await cards(page).first().locator('h3').innerText();
      await tabTo(new RegExp(`^${first.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));
      await page.keyboard.press('Enter');
      await heading(page, first);
      await tabTo(/^Réserver$/);
      await page.keyboard.press('Enter');
      await heading(page, 'Réserver');
      await tabTo(/^Se connecter$/);

      // The list of proposals: down, out, and what was typed stays.
      await open(page, '/metiers', 'Découvrir un métier');
      await tabTo(/^mots-/);
      await page.keyboard.type('infirm', { delay: 20 });
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('ArrowDown');
      assert.equal(await page.locator('[aria-selected=true]').count(), 1);
      await page.keyboard.press('Escape');
      assert.equal(await page.getByRole('option').count(), 0);
      assert.equal(await page.evaluate(() => document.activeElement.value), 'infirm');
      await page.keyboard.press('Enter');
      await page.waitForURL(/q=infirm/);
      await page.getByRole('link', { name: /Infirmi/ }).first().waitFor();
    });
  },

  // Lou, 17, whose guardian has agreed to everything, asks for a seat.
  async book() {
    await withBrowser(base, async (page) => {
      await signIn(page, 'Lou');
      await firstFreeDate(page, '/mini-stages?q=Lemoine');
      await page.getByRole('heading', { name: 'Les règles sont respectées' }).waitFor();
      await picture(page, pictures, 'reserver');
      await page.getByRole('button', { name: 'Demander cette place' }).click();
      await says(page, 'C’est enregistré.');
      assert.match(page.url(), /\/mon-espace\/reservations\//);
      await says(page, 'Attend la réponse de l’entreprise');
      await picture(page, pictures, 'reservation');
    });
  },

  // The company says yes.
  async accept() {
    await withBrowser(base, async (page) => {
      await signIn(page, 'Accueil du groupe Lemoine');
      await page.getByRole('link', { name: 'Espace entreprise' }).click();
      await page.getByRole('heading', { name: 'À vous de répondre (1)' }).waitFor();
      await picture(page, pictures, 'espace-entreprise');
      await page.getByRole('button', { name: /^Accepter/ }).click();
      await page.getByRole('heading', { name: 'À vous de répondre (0)' }).waitFor();
      await page.getByRole('heading', { name: 'Places confirmées (1)' }).waitFor();
    });
    await withBrowser(base, async (page) => {
      await signIn(page, 'Lou');
      await page.getByRole('link', { name: 'Mon espace' }).click();
      await says(page, 'Confirmée', { exact: true });
      await picture(page, pictures, 'mon-espace');
    });
  },

  // Camille, 14, cannot come alone: her guardian is asked.
  async minor() {
    await withBrowser(base, async (page) => {
      await signIn(page, 'Camille');
      await firstFreeDate(page, '/mini-stages?dep=61');
      await says(page, 'Votre responsable légal reçoit un message');
      await page.getByRole('button', { name: 'Demander cette place' }).click();
      await says(page, 'Attend l’accord du responsable légal');
    });
  },

  // The link of the mail: no account, no token in any address that a server sees.
  async consent() {
    const asked = [];
    await withBrowser(base, async (page) => {
      page.on('request', (request) => asked.push(request.url()));
      const [link] = rest;
      await open(page, link, /Votre accord/);
      await picture(page, pictures, 'consentement');
      assert.deepEqual(await axe(page, 'consentement'), []);
      await page.getByRole('button', { name: 'Je donne mon accord' }).click();
      await says(page, 'Vous avez donné votre accord.');
      const token = new URL(link).hash.slice(1);
      assert.deepEqual(asked.filter((url) => url.split('#')[0].includes(token)), []);
      await open(page, '/consentement#AAAAAAAAAAAAAAAAAAAAAA', 'Page introuvable');
      await says(page, 'Ce lien n’est plus valable');
    }, { allowed: [/404/] });
  },

  // What goes wrong is said in plain words, and the way on is shown.
  async errors() {
    await withBrowser(base, async (page) => {
      await open(page, '/nulle-part', 'Page introuvable');
      await open(page, '/metiers/Z9999', 'Page introuvable');
      await open(page, '/mon-espace', 'Connectez-vous pour continuer');
      await open(page, '/connexion?cause=expiration', 'Connexion');
      await says(page, 'La connexion a pris trop de temps');

      await open(page, '/mini-stages?q=zzzzqqqq', 'Trouver un mini-stage');
      await page.getByRole('heading', { name: 'Aucun résultat' }).waitFor();

      await signIn(page, 'Lou');
      await open(page, '/mon-espace', /Bonjour Lou/);
      await page.locator('.card a').first().click();
      await page.getByRole('link', { name: 'Voir la fiche' }).click();
      await page.getByRole('heading', { name: 'Dates et places' }).waitFor();
      // The date that is booked already.
      const [booked] = rest;
      await open(page, booked, 'Réserver');
      await says(page, 'Vous avez déjà une réservation');
      await picture(page, pictures, 'refus');

      await open(page, '/mini-stages', 'Trouver un mini-stage');
      await page.route('**/v1/offers:search*', (route) => route.abort());
      await page.getByRole('button', { name: 'Chercher' }).click();
      await page.getByRole('alert').getByText('n’a pas pu être chargée').waitFor();

      await open(page, '/mon-espace/profil', 'Mon profil');
      await page.getByLabel('Votre adresse mail').fill('pas une adresse');
      await page.locator('section', { hasText: 'Pour vous joindre' }).getByRole('button').click();
      await says(page, 'Écrivez une adresse mail complète');
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-invalid')), 'true');
    }, { allowed: [/404/, /ERR_FAILED/] });
  },

  // Scripts see no token, other callers get nothing by the cookie, and the session ends.
  async session() {
    await withBrowser(base, async (page, context) => {
      await signIn(page, 'Lou');
      assert.equal(await page.evaluate(() => document.cookie), '');
      const [cookie, ...others] = await context.cookies();
      assert.deepEqual([others.length, cookie.name, cookie.httpOnly, cookie.sameSite, cookie.path], [0, 'dm_session', true, 'Lax', '/']);
      assert.equal(await page.evaluate(async () => (await fetch('/v1/bookings')).status), 401);
      assert.equal(await page.evaluate(async () => (await fetch('/v1/bookings', { headers: { 'X-Destination-Metier': 'portal' } })).status), 200);
      await signOut(page);
      assert.deepEqual(await context.cookies(), []);
      await page.goto('/auth/signin?return=%2F%2Fevil.example');
      await page.getByRole('button', { name: 'Lou' }).click();
      await page.getByRole('button', { name: 'Se déconnecter' }).waitFor();
      assert.equal(page.url(), `${base}/`);
      // What was theirs goes with the session: by the button, and when it has ended elsewhere.
      await open(page, '/mon-espace/profil', 'Mon profil');
      await signOut(page);
      await page.goBack();
      await heading(page, 'Connectez-vous pour continuer');
      await signIn(page, 'Lou');
      await open(page, '/mon-espace/profil', 'Mon profil');
      await context.clearCookies();
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      await heading(page, 'Connectez-vous pour continuer');
      assert.equal(await page.getByText('Mon profil').count(), 0);
    }, { allowed: [/401/] });
  },

  // A young person reports an offer, the agency answers and takes the offer out of sight.
  async report() {
    let offer = '';
    await withBrowser(base, async (page) => {
      await signIn(page, 'Lou');
      await open(page, '/mini-stages?dep=50', 'Trouver un mini-stage');
      await cards(page).last().locator('h3 a').click();
      await page.getByRole('link', { name: 'Signaler un problème' }).click();
      await heading(page, 'Signaler cette offre');
      offer = await page.locator('.page-head p').innerText();
      await page.getByLabel('Qu’est-ce qui ne va pas ?').selectOption({ label: 'C’est dangereux' });
      await page.getByRole('button', { name: 'Envoyer' }).click();
      await says(page, 'L’agence va regarder cette offre.');
    });
    await withBrowser(base, async (page) => {
      await signIn(page, 'Alix Martin');
      await page.getByRole('link', { name: 'Espace agence' }).click();
      await page.getByRole('heading', { name: 'Signalements sans réponse (1)' }).waitFor();
      await picture(page, pictures, 'espace-agence');
      await page.getByRole('link', { name: 'C’est dangereux' }).click();
      await heading(page, 'Signalement');
      await page.getByRole('link', { name: 'Voir l’offre et décider' }).click();
      await heading(page, offer);
      await page.getByRole('button', { name: 'Retirer' }).click();
      await page.getByLabel('Pourquoi ?').fill('Une machine n’est pas protégée.');
      await page.getByRole('dialog').getByRole('button', { name: 'Retirer' }).click();
      await says(page, 'Pourquoi cette offre n’est pas visible');
      await page.goBack();
      await page.getByLabel('Ce signalement est-il fondé ?').selectOption('OUTCOME_FOUNDED');
      await page.getByRole('button', { name: 'Répondre' }).click();
      await says(page, 'Signalement fondé.');
    });
  },

  // axe finds nothing serious on any page, and no page scrolls sideways on a narrow phone.
  async pages() {
    const [offer, ambassador] = rest;
    const hosted = offer.replace('/mini-stages/', '/espace-entreprise/offres/');
    const everybody = [['accueil', '/'], ['metiers', '/metiers'], ['metier', '/metiers/D1102'], ['ambassadeurs', '/ambassadeurs'], ['ambassadeur', ambassador], ['mini-stages', '/mini-stages'], ['mini-stage', offer],
      ['accessibilite', '/accessibilite'], ['donnees', '/donnees-personnelles'], ['connexion', '/connexion'], ['introuvable', '/nulle-part']];
    const own = { Lou: [['mes-reservations', '/mon-espace'], ['profil', '/mon-espace/profil'], ['mes-donnees', '/mon-espace/donnees'], ['signaler', `${offer}/signaler`]], 'Accueil du groupe Lemoine': [['entreprise', '/espace-entreprise'], ['nouvelle-offre', '/espace-entreprise/offres/nouvelle'], ['mon-offre', hosted], ['modifier', `${hosted}/modifier`], ['dupliquer', `${hosted}/dupliquer`], ['donnees-entreprise', '/mon-espace/donnees']],
      'Responsable légal': [['donnees-responsable', '/mon-espace/donnees']], 'Jeanne Lemoine': [['mes-rencontres', '/espace-ambassadeur'], ['donnees-ambassadrice', '/mon-espace/donnees']], 'Alix Martin': [['agence', '/espace-agence']] };
    const serious = [];
    const wide = [];
    const visit = async (page, list, kind) => {
      for (const [title, address] of list) {
        await page.goto(address);
        await page.locator('main:not([aria-busy]) h1').waitFor();
        await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
        serious.push(...await axe(page, `${kind} ${title}`));
        const over = await overflow(page);
        if (over > 0) wide.push(`${kind} ${title}: ${over} px`);
        await picture(page, pictures, `${kind}-${title}`);
      }
    };
    const size = { telephone: { width: 320, height: 640 }, sombre: { dark: true } };
    for (const [kind, options] of Object.entries(size)) {
      await withBrowser(base, async (page) => {
        await visit(page, options.dark ? everybody.filter(([title]) => ['accueil', 'metier', 'mini-stages', 'mini-stage'].includes(title)) : everybody, kind);
        if (options.dark) return;
        for (const [person, list] of Object.entries(own)) {
          await signIn(page, person);
          await visit(page, list, kind);
          await signOut(page);
        }
      }, { ...options, allowed: [/404/] });
    }
    assert.deepEqual(serious, []);
    assert.deepEqual(wide, []);
  },
};

await scenarios[name]({ base, pictures, rest });
console.log(`${name}: ok`);
