import { get, idOf } from '../api.js';
import { ambassadorCard, companyCard, offerCard } from '../cards.js';
import { h, pageHead, paragraphs } from '../dom.js';
import { riasec } from '../format.js';

const section = (title, ...children) => h('section', { class: 'panel' }, h('h2', {}, title), ...children);
const listOf = (items) => h('ul', {}, items.map((one) => h('li', {}, one)));

function skills(profession) {
  const of = (kind) => profession.skills.filter((one) => one.kind === kind).map((one) => one.displayName);
  const [know, soft, knowledge] = [of('KIND_KNOW_HOW'), of('KIND_SOFT'), profession.knowledge.map((one) => one.displayName)];
  if (know.length + soft.length + knowledge.length === 0) return null;
  return section('Ce qu’il faut savoir', know.length > 0 && [h('h3', {}, 'Savoir faire'), listOf(know.slice(0, 12))], soft.length > 0 && [h('h3', {}, 'Façon d’être'), listOf(soft)], knowledge.length > 0 && [h('h3', {}, 'Connaissances'), listOf(knowledge.slice(0, 12))]);
}

function contexts(profession) {
  if (profession.workContexts.length === 0) return null;
  const kinds = Map.groupBy ? Map.groupBy(profession.workContexts, (one) => one.kind) : profession.workContexts.reduce((all, one) => all.set(one.kind, [...(all.get(one.kind) ?? []), one]), new Map());
  return section('Où et comment on travaille', [...kinds].map(([kind, all]) => [h('h3', {}, kind), listOf(all.map((one) => one.displayName))]));
}

export const sameForAll = true;

export async function show({ params: [rome], signal }) {
  const page = await get(`professions/${encodeURIComponent(rome)}:overview`, {}, signal);
  const { profession } = page;
  const others = profession.appellations.map((one) => one.displayName);
  const first = others.slice(0, 8);
  const kind = riasec(profession.riasec);
  return {
    title: profession.displayName,
    content: [
      pageHead(profession.displayName, { crumbs: [['Métiers', '/metiers']] }),
      h('div', { class: 'wrap columns aside-right' },
        h('div', {},
          section('En quoi ça consiste ?', paragraphs(profession.definition)),
          profession.access && section('Comment y arriver ?', paragraphs(profession.access)),
          skills(profession), contexts(profession),
          page.offers.length > 0 && h('section', {}, h('h2', {}, 'Des mini-stages pour l’essayer'), h('ul', { class: 'cards' }, page.offers.slice(0, 4).map((one) => h('li', {}, offerCard(one)))), h('p', { class: 'buttons' }, h('a', { href: `/mini-stages?metier=${rome}` }, 'Voir tous les mini-stages de ce métier'))),
          page.ambassadors.length > 0 && h('section', {}, h('h2', {}, 'Des personnes qui en parlent'), h('ul', { class: 'cards two' }, page.ambassadors.slice(0, 4).map((one) => h('li', {}, ambassadorCard(one)))), h('p', { class: 'buttons' }, h('a', { href: `/ambassadeurs?metier=${rome}` }, 'Voir toutes ces personnes'))),
          page.companies.length > 0 && h('section', {}, h('h2', {}, 'Des entreprises qui accueillent'), h('ul', { class: 'cards two' }, page.companies.slice(0, 4).map((one) => h('li', {}, companyCard(one))))),
          page.missing.length > 0 && h('p', { class: 'soft' }, 'Une partie de cette page n’a pas pu être chargée. Réessayez dans quelques instants.')),
        h('aside', { 'aria-label': 'En bref' },
          h('div', { class: 'panel' },
            h('h2', {}, 'En bref'),
            kind && h('p', {}, `Pour quelqu’un de plutôt ${kind}.`),
            profession.interests.length > 0 && [h('h3', {}, 'Si vous aimez'), h('ul', { class: 'tags' }, profession.interests.map((one) => h('li', {}, h('a', { class: 'tag', href: `/metiers?envie=${idOf(one.name)}` }, one.displayName))))],
            profession.sectors.length > 0 && [h('h3', {}, 'Secteurs'), h('ul', { class: 'tags' }, profession.sectors.map((one) => h('li', {}, h('a', { class: 'tag', href: `/metiers?secteur=${idOf(one.name)}` }, one.displayName))))],
            profession.regulated === 'STATED_YES' && h('p', {}, 'Un diplôme ou une autorisation est obligatoire pour l’exercer.'),
            ['ECOLOGICAL_TRANSITION_GREEN', 'ECOLOGICAL_TRANSITION_STRATEGIC'].includes(profession.ecologicalTransition) && h('p', {}, 'Un métier utile à l’écologie.'),
            first.length > 0 && [h('h3', {}, 'On dit aussi'), listOf(first), others.length > first.length && h('details', {}, h('summary', {}, `Voir les ${others.length - first.length} autres noms`), listOf(others.slice(first.length)))]),
          profession.related.length > 0 && h('nav', { class: 'panel', 'aria-label': 'Métiers proches' }, h('h2', {}, 'Et ensuite ?'), listOf(profession.related.slice(0, 8).map((one) => h('a', { href: `/metiers/${idOf(one.name)}` }, one.displayName)))),
          h('div', { class: 'buttons' }, h('button', { class: 'button quiet', onclick: () => window.print() }, 'Imprimer la fiche')),
          profession.source && h('p', { class: 'soft small' }, profession.source))),
    ],
  };
}
