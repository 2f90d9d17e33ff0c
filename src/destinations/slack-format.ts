import { type Block, type Fact, type Line, type Message, plainText } from '#domain/message.ts';
import { httpAddress } from '#domain/text.ts';
import { budgets, epochSeconds, fitBody, fitLine, lineOf, maxButtons, shownText } from './fitting.ts';
import type { Mrkdwn, PlainText, SlackBlock, SlackButton, SlackMessage } from './slack-blocks.ts';
import { slackMentions } from './slack-mentions.ts';
import { dateToken, escapeSlack, isFitForMrkdwn, plain, richParts, trustedMrkdwn } from './slack-text.ts';
import { stateStyles } from './state-style.ts';

/** UTF-16 units that Slack takes, with a margin where the limit is only reported. */
const limits = { text: 3900, header: 150, section: 3000, field: 2000, context: 300, button: 75, url: 3000 };
const maxJsonLength = 13_000;

/** Fields and buttons that Slack shows of a message at most. */
export const slackShows = { fields: 10, buttons: maxButtons };

/** How much of a message is kept, from all of it down to what always fits. */
const measures = [
  { body: 3000, facts: slackShows.fields, buttons: maxButtons },
  { body: 1500, facts: slackShows.fields, buttons: maxButtons },
  { body: 300, facts: slackShows.fields, buttons: maxButtons },
  { body: 300, facts: 4, buttons: maxButtons },
  { body: 300, facts: 4, buttons: 1 },
  { body: 0, facts: 0, buttons: 1 },
  { body: 0, facts: 0, buttons: 0 },
];

/**
 * The message in Slack's format, its mentions first. What came from outside stands in `plain_text` or `rich_text` only, never in `mrkdwn`.
 * Nothing exceeds Slack's limits and no text is empty. `compact` keeps the mentions, the sentence and the main button.
 */
export function formatSlack(message: Message, options: { readonly compact: boolean }): SlackMessage {
  const mentions = slackMentions(message);
  const sentence = sentenceOf(message, limits.text - mentions.text.length, escapeSlack);
  const text = `${mentions.text}${sentence}`;
  if (options.compact) return { text, blocks: [...mentions.blocks, compactBlock(message)] };
  for (const measure of measures) {
    const blocks = [...mentions.blocks, ...blocksOf(message, measure)];
    if (JSON.stringify(blocks).length <= maxJsonLength) return { text, blocks };
  }
  return { text, blocks: [] };
}

function sentenceOf(message: Message, units: number, write?: (text: string) => string): string {
  const sentence = shownText(message.sentence, budgets.sentence, units, write);
  const title = () => shownText(message.title, budgets.sentence, units, write);
  return sentence || title() || stateStyles[message.state].word;
}

/** The sentence as the only line of a message; its times stay the reader's own. */
function spokenLine(message: Message): Line {
  const line = fitLine(message.sentence, budgets.prose, limits.section);
  return line.length > 0 ? line : lineOf(stateStyles[message.state].word);
}

function compactBlock(message: Message): SlackBlock {
  const text = plain(sentenceOf(message, limits.section));
  const [accessory] = buttonsOf(message, 1);
  return accessory === undefined ? { type: 'section', text } : { type: 'section', text, accessory };
}

function blocksOf(message: Message, measure: (typeof measures)[number]): SlackBlock[] {
  const title = shownText(message.title, budgets.title, limits.header);
  // Without a headline the sentence is the message, and blocks hide the top-level text.
  const isSentence = title === '';
  const said: readonly Block[] = isSentence ? [{ kind: 'paragraph', line: spokenLine(message) }] : [];
  const facts = message.facts.slice(0, measure.facts).map(placeFact);
  const fields = facts.flatMap((place) => place.field ?? []);
  const lines = facts.flatMap((place) => place.line ?? []);
  const parts = richParts([...said, ...fitBody([...message.body, ...lines], measure.body)]);
  const buttons = buttonsOf(message, measure.buttons);
  return [
    ...(isSentence ? [] : [{ type: 'header' as const, text: plain(title) }, stateLine(message)]),
    ...(fields.length === 0 ? [] : [{ type: 'section' as const, fields }]),
    ...(parts.length === 0 ? [] : [{ type: 'rich_text' as const, elements: parts }]),
    ...(buttons.length === 0 ? [] : [{ type: 'actions' as const, elements: buttons }]),
  ];
}

function stateLine(message: Message): SlackBlock {
  const { glyph, word } = stateStyles[message.state];
  const state = `${glyph} ${word}`;
  const time =
    epochSeconds(message.at) === undefined ? [] : [dateToken(message.at, 'ago', inUtc(message.at))];
  const text = [state, ...time].join(' · ');
  const room = shownText(lineOf(message.room ?? ''), budgets.room, limits.context);
  return {
    type: 'context',
    elements: [{ type: 'mrkdwn', verbatim: true, text }, ...(room === '' ? [] : [plain(room)])],
  };
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** `8 Feb 2025 07:33 UTC` */
function inUtc(at: string): string {
  return `${dayAndTime.format(Date.parse(at)).replace(',', '')} UTC`;
}

type Place = { readonly field?: Mrkdwn | PlainText; readonly line?: Block };

/** Where a fact stands. A link that mrkdwn must not hold becomes a line of the body: only rich text can show it safely. */
function placeFact(fact: Fact): Place {
  const label = shownText(lineOf(fact.label), budgets.label, limits.field / 4);
  const value = fitLine(fact.value, budgets.value, limits.field / 2);
  if (label === '' || value.length === 0) return {};
  const hasLink = value.some((piece) => piece.kind === 'link');
  if (isFitForMrkdwn(value) && isFitForMrkdwn(lineOf(label))) {
    const text = `*${escapeSlack(label)}*\n${trustedMrkdwn(value)}`;
    if (text.length <= limits.field) return { field: { type: 'mrkdwn', verbatim: true, text } };
  }
  if (hasLink) {
    const heading = { kind: 'text', text: `${label}: `, bold: true } as const;
    return { line: { kind: 'paragraph', line: [heading, ...value] } };
  }
  return { field: plain(`${label}\n${plainText(value).trim()}`) };
}

function buttonsOf(message: Message, count: number): SlackButton[] {
  const title = shownText(message.title, budgets.title, limits.header);
  return message.buttons
    .flatMap(({ text, url }) => {
      const label = shownText(lineOf(text), limits.button, limits.button);
      const address = httpAddress(url);
      if (label === '' || address === undefined || address.length > limits.url) return [];
      return [{ label, url: address }];
    })
    .slice(0, count)
    .map(({ label, url }, index) => ({
      type: 'button',
      action_id: `open:${index}`,
      text: plain(label),
      url,
      accessibility_label: shownText(
        lineOf(title === '' ? label : `${label}: ${title}`),
        limits.button,
        limits.button,
      ),
      ...(index === 0 ? { style: 'primary' } : {}),
    }));
}
