import { createDates } from './dates.js';
import { build } from './dom.js';
import { drawEntry, sentenceOf } from './entry.js';
import { follow } from './follow.js';

const maxEntries = 200;
const refreshMs = 10_000;
const viewKey = 'callboard.preview.view';
const views = ['slack', 'discord', 'both'];
const words = {
  live: 'Live',
  polling: 'Checking every few seconds',
  offline: 'No connection, trying again',
  locked: 'Not signed in: open this page with ?token= again',
};

const find = (id) => document.getElementById(id);
const list = find('entries');
const dates = createDates({
  locale: navigator.language,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  now: Date.now,
});

/** The entries on the page by message id; the list has them newest first. */
const shown = new Map();

function take(items, isWhole) {
  if (isWhole) removeAllBut(new Set(items.map(({ id }) => id)));
  const isFirst = shown.size === 0 && isWhole;
  const added = items.toReversed().filter((item) => put(item, isFirst));
  while (shown.size > maxEntries) remove(list.lastElementChild.dataset.id);
  find('empty').hidden = shown.size > 0;
  find('limit').hidden = shown.size < maxEntries;
  if (!isFirst) announce(added);
}

/** Draws a new or changed message; true for a new one. */
function put(item, isFirst) {
  const known = shown.get(item.id);
  if (known?.change === item.change) return false;
  const article = build(drawEntry(item, dates));
  if (known !== undefined) {
    const hadFocus = known.element.contains(document.activeElement);
    known.element.replaceChildren(article);
    known.change = item.change;
    if (hadFocus) article.focus();
    return false;
  }
  const element = document.createElement('li');
  if (!isFirst) element.className = 'is-new';
  element.dataset.id = item.id;
  element.dataset.created = String(Date.parse(item.createdAt));
  element.append(article);
  const isOlder = (other) => Number(other.dataset.created) <= Number(element.dataset.created);
  list.insertBefore(element, [...list.children].find(isOlder) ?? null);
  shown.set(item.id, { change: item.change, element });
  return true;
}

function removeAllBut(ids) {
  for (const id of [...shown.keys()].filter((id) => !ids.has(id))) remove(id);
}

function remove(id) {
  shown.get(id)?.element.remove();
  shown.delete(id);
}

/** One sentence for those who hear the page; it is complete on its own. */
function announce(added) {
  const last = added.at(-1);
  if (last === undefined) return;
  const others = added.length === 1 ? '' : `${added.length} new messages. The last: `;
  find('announcement').textContent = `${others}${sentenceOf(last)}`;
}

function tell(state) {
  const status = find('connection');
  if (status.dataset.state === state) return;
  status.dataset.state = state;
  status.textContent = words[state];
}

function showView(view) {
  document.documentElement.dataset.view = view;
  for (const input of document.getElementsByName('view')) input.checked = input.value === view;
}

function rememberedView() {
  try {
    return localStorage.getItem(viewKey);
  } catch {
    return null;
  }
}

function rememberView(view) {
  try {
    localStorage.setItem(viewKey, view);
  } catch {
    // A browser that keeps nothing shows both the next time.
  }
}

document.addEventListener('change', ({ target }) => {
  if (target.name !== 'view' || !views.includes(target.value)) return;
  showView(target.value);
  rememberView(target.value);
});

const remembered = rememberedView();
if (views.includes(remembered)) showView(remembered);

setInterval(() => {
  for (const element of document.querySelectorAll('time[data-moment]')) {
    element.textContent = dates.distance(Number(element.dataset.moment));
  }
}, refreshMs);

follow({ base: import.meta.url, take, tell });
