import { drawInlineMarkdown, drawMarkdown } from './discord-markdown.js';
import { avatar, h, link, listOf, notDrawn, textOf } from './tree.js';

/** The message as Discord's desktop app draws it, posted at `at` (seconds since 1970). */
export function drawDiscord(message, { dates, at }) {
  const content = textOf(message.content);
  return h(
    'div',
    { class: 'discord' },
    avatar(),
    h(
      'div',
      { class: 'discord-post' },
      h(
        'p',
        { class: 'discord-author' },
        h('strong', {}, 'Callboard'),
        h('span', { class: 'discord-app' }, 'App'),
        dates.dayAndClock(at),
      ),
      content === '' ? undefined : h('div', { class: 'discord-content' }, drawMarkdown(content, dates)),
      listOf(message.embeds).map((embed) => drawEmbed(embed, dates)),
      listOf(message.components).map(drawRow),
    ),
  );
}

const embedParts = ['type', 'title', 'url', 'description', 'color', 'fields', 'footer', 'timestamp'];

function drawEmbed(embed, dates) {
  const others = Object.keys(embed).filter((key) => !embedParts.includes(key));
  return h(
    'div',
    { class: 'discord-embed', colour: colourOf(embed.color) },
    drawTitle(embed, dates),
    textOf(embed.description) === ''
      ? undefined
      : h('div', { class: 'discord-description' }, drawMarkdown(embed.description, dates)),
    drawFields(listOf(embed.fields), dates),
    others.map(notDrawn),
    drawFooter(embed, dates),
  );
}

function drawTitle({ title, url }, dates) {
  if (textOf(title) === '') return undefined;
  const inner = drawInlineMarkdown(title, dates, { isInLink: url !== undefined });
  return h('p', { class: 'discord-title' }, url === undefined ? inner : link(url, {}, inner));
}

/** Inline fields share a line: three of them, or what is left. */
function drawFields(fields, dates) {
  if (fields.length === 0) return undefined;
  const drawing = [];
  for (let index = 0; index < fields.length; ) {
    const row = [];
    while (row.length < 3 && fields[index + row.length]?.inline === true)
      row.push(fields[index + row.length]);
    if (row.length === 0) row.push(fields[index]);
    drawing.push(...row.map((field) => drawField(field, row.length, dates)));
    index += row.length;
  }
  return h('dl', { class: 'discord-fields' }, drawing);
}

function drawField({ name, value }, inLine, dates) {
  return h(
    'div',
    { class: `discord-field discord-of-${inLine}` },
    h('dt', {}, drawInlineMarkdown(textOf(name), dates)),
    h('dd', {}, drawMarkdown(textOf(value), dates)),
  );
}

function drawFooter({ footer, timestamp }, dates) {
  const text = textOf(footer?.text);
  const time = dates.dayAndClock(Date.parse(textOf(timestamp)) / 1000);
  if (text === '' && time === undefined) return undefined;
  return h('p', { class: 'discord-footer' }, text, text !== '' && time !== undefined ? ' • ' : '', time);
}

/** `#rrggbb`; undefined for what is no colour */
function colourOf(value) {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffff) return undefined;
  return `#${value.toString(16).padStart(6, '0')}`;
}

function drawRow(row) {
  if (row.type !== 1) return notDrawn(`component ${row.type}`);
  return h('div', { class: 'discord-row' }, listOf(row.components).map(drawComponent));
}

const buttonClasses = { 1: ' discord-primary', 3: ' discord-success', 4: ' discord-danger' };

function drawComponent(component) {
  if (component.type !== 2) return notDrawn(`component ${component.type}`);
  const label = textOf(component.label);
  if (component.style === 5) return link(component.url, { class: 'discord-button' }, label, leavesDiscord());
  return h('span', { class: `discord-button${buttonClasses[component.style] ?? ''}` }, label);
}

function leavesDiscord() {
  const d = 'M9 3H4a1 1 0 0 0-1 1v8a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V9.5M10 2.5h3.5V6M13.2 2.8 7.5 8.5';
  return h('svg', { viewBox: '0 0 16 16', class: 'discord-icon', 'aria-hidden': 'true' }, h('path', { d }));
}
