import { drawDiscord } from './discord.js';
import { drawSlack } from './slack.js';
import { decodeEntities } from './slack-text.js';
import { h, notDrawn, textOf } from './tree.js';

/** The message in one sentence that is complete on its own. */
export function sentenceOf({ slack }) {
  return decodeEntities(slack.text);
}

/** One message: where it goes and why, then as each platform draws it. */
export function drawEntry(item, dates) {
  const at = Date.parse(item.createdAt) / 1000;
  return h(
    'article',
    { class: 'entry', tabindex: '-1', 'aria-label': `To ${item.destination}: ${sentenceOf(item)}` },
    h(
      'header',
      { class: 'entry-head' },
      h(
        'span',
        { class: 'entry-destination' },
        h('span', { class: 'unseen' }, 'Destination '),
        item.destination,
      ),
      h('span', { class: 'entry-rule' }, 'rule ', h('span', {}, item.rule)),
      drawState(item),
      h('span', { class: 'entry-time' }, dates.dayAndClock(at)),
    ),
    h(
      'div',
      { class: 'panes' },
      drawPane('slack', 'Slack', () => drawSlack(item.slack, { dates, at }), drawNotification(item)),
      drawPane('discord', 'Discord', () => drawDiscord(item.discord, { dates, at })),
    ),
  );
}

/** A message that was sent needs no word; of any other it is told why it was not. */
function drawState({ state, reason }) {
  if (state === 'sent') return undefined;
  const text = textOf(reason) === '' ? state : `${state}: ${reason}`;
  return h('span', { class: 'entry-state', 'data-state': state }, text);
}

/** What Slack shows outside the channel. A single block says the same, so it is not said twice. */
function drawNotification(item) {
  if (item.slack.blocks.length < 2) return undefined;
  return h('p', { class: 'pane-note' }, h('span', {}, 'Notification'), ' ', sentenceOf(item));
}

function drawPane(platform, name, draw, note) {
  return h(
    'section',
    { class: 'pane', 'data-platform': platform, 'aria-label': `As ${name} draws it` },
    h('p', { class: 'pane-name', 'aria-hidden': 'true' }, name),
    h('div', { class: `frame frame-${platform}` }, drawOrSay(draw)),
    note,
  );
}

/** One message that nobody foresaw must not take the others with it. */
function drawOrSay(draw) {
  try {
    return draw();
  } catch {
    return notDrawn('this message');
  }
}
